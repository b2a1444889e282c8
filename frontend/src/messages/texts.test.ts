import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

import { flatten, type Tree } from "./fill";
import { addTexts, has, t } from "./index";

// What pages bring along.
const brought = import.meta.glob<Tree>("./en/*/*.json", { eager: true, import: "default" });
for (const tree of Object.values(brought)) addTexts(tree);

const SOURCES = new URL("..", import.meta.url).pathname;

function files(folder: string, endings: string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => endings.some((ending) => name.endsWith(ending)) && !name.endsWith(".test.ts"))
    .map((name) => join(folder, name));
}

const sources = files(SOURCES, [".ts", ".svelte"]).map((path) => ({ path, code: readFileSync(path, "utf8") }));

const NAMESPACES = [...new Set(keysOfFiles().map((key) => key.slice(0, key.indexOf("."))))];

function keysOfFiles(): string[] {
  return files(join(SOURCES, "messages/en"), [".json"]).flatMap((path) =>
    flatten(JSON.parse(readFileSync(path, "utf8")) as Tree).map(([key]) => key),
  );
}

it("every key that is written out in the code has a text", () => {
  const key = new RegExp(`"((?:${NAMESPACES.join("|")})(?:\\.[\\w-]+)+)"`, "g");
  const used = sources.flatMap(({ path, code }) => [...code.matchAll(key)].map((match) => ({ path, key: match[1]! })));
  expect(used.length).toBeGreaterThan(100);
  expect(used.filter((one) => !has(one.key))).toEqual([]);
});

it("no key is defined twice", () => {
  const keys = keysOfFiles();
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

it("plurals are formed with thin spaces for thousands", () => {
  const text = t("launch.sentence_bare", { networks: 1, steps: 4000, dataset: "MNIST" });
  expect(text).toBe("1 network, 4\u202f000 steps on MNIST");
});

it("a key without a text shows itself", () => {
  expect(t("no.such.key")).toBe("no.such.key");
});
