// @vitest-environment happy-dom
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { hashAddress } from "../address";
import { bytes, Problem, request } from "../api/http";
import { getTelemetry } from "../api/runs";
import { type Source, setSource, source } from "../api/source";
import { Recorded } from "./recorded";
import { settingsOf } from "./settings";

const NAME = "</script><b>bold</b>";
const POINTS = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251);

function page(answers: Record<string, string | Uint8Array>): HTMLElement {
  const made = document.createElement("div");
  for (const [path, body] of Object.entries(answers)) {
    const block = document.createElement("script");
    block.type = "application/gzip";
    block.dataset["answer"] = path;
    block.textContent = gzipSync(body).toString("base64");
    made.append(block);
  }
  return made;
}

describe("a recorded answer", () => {
  let before: Source;
  beforeEach(() => {
    before = source;
    setSource(new Recorded(page({ "/runs/ab": JSON.stringify({ name: NAME, best: "NaN" }), "/runs/ab/telemetry": POINTS })));
  });
  afterEach(() => setSource(before));

  it("is read as the server's own", async () => {
    expect(await request("GET", "/runs/ab")).toEqual({ name: NAME, best: NaN });
    expect(await getTelemetry("ab", { points: 2000, total: 10 })).toEqual(POINTS);
    expect(await bytes("/runs/ab/telemetry")).toEqual(POINTS);
  });

  it.each([
    ["GET", "/runs/cd", 404],
    ["GET", "/runs/ab/telemetry?from_step=1&to_step=5", 404],
    ["DELETE", "/runs/ab", 405],
    ["POST", "/runs", 405],
  ])("%s %s is refused", async (method, path, status) => {
    await expect(request(method, path)).rejects.toMatchObject({ status, unreachable: false } satisfies Partial<Problem>);
  });

  it("is known before it is asked for", () => {
    expect(source.holds("/runs/ab")).toBe(true);
    expect(source.holds("/runs/cd")).toBe(false);
    expect(source.live).toBe(false);
  });
});

it("the address of a file stands behind its #", () => {
  const address = hashAddress("/runs/ab");
  window.location.hash = "";
  expect([address.path(), address.search()]).toEqual(["/runs/ab", ""]);
  window.location.hash = address.href("/runs/ab/maps?step=5&pick=a?b");
  expect([address.path(), address.search()]).toEqual(["/runs/ab/maps", "?step=5&pick=a?b"]);
  const link = document.createElement("a");
  link.setAttribute("href", "#/runs/ab");
  expect(address.target(link)).toBe("/runs/ab");
  link.setAttribute("href", "https://elsewhere.example/");
  expect(address.target(link)).toBeNull();
});

it("a spec is told field by field, each kind before what it has", () => {
  const spec = { name: "x", arms: [1], optimizer: { learning_rate: 0.5, kind: "sgd" }, model: { kind: "mlp", hidden: [100, 100] }, schedule: null, seeds: [1, 2] };
  expect(settingsOf(spec).map(({ field, value }) => [field, value])).toEqual([
    ["optimizer", "SGD"],
    ["optimizer.learning_rate", "0.5"],
    ["model", "MLP"],
    ["model.hidden", "100, 100"],
    ["seeds", "1, 2"],
  ]);
});
