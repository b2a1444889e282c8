import { expect, it } from "vitest";

import claims from "../../messages/en/claims.json";
import { has } from "../../messages";
import { CHARTS } from "./charts";
import { SWEPT } from "./swept";
import "./texts";

const IDS = Object.keys(claims.claims).filter((id) => id !== "reason");

it("every claim has one to three charts for its experiment and its counter-experiment", () => {
  expect(Object.keys(CHARTS).sort()).toEqual(IDS.sort());
  for (const { main, counter } of Object.values(CHARTS)) {
    for (const charts of [main, counter]) {
      expect(charts.length).toBeGreaterThan(0);
      expect(charts.length).toBeLessThan(4);
    }
  }
});

it("every card, line and setting has its words", () => {
  const charts = Object.values(CHARTS).flatMap(({ main, counter }) => [...main, ...counter]);
  const cards = charts.flatMap((chart) => ("card" in chart ? [chart.card] : []));
  const wanted = cards.flatMap((card) => ["title", "look", "describe", "what", "formula", "unit"].map((part) => `claim.chart.${card}.${part}`));
  const lines = charts.flatMap((chart) => {
    if (chart.kind === "swept") return chart.metrics.map(String);
    return chart.kind === "lines" && chart.lines.length > 1 ? chart.lines.map(String) : [];
  });
  wanted.push(...lines.map((line) => `claim.line.${line}`), ...Object.keys(SWEPT).map((name) => `claim.setting.${name}`));
  expect(wanted.filter((key) => !has(key))).toEqual([]);
});
