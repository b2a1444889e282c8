// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { RunRecord } from "../../api/types";
import { connection } from "../../shell/connection.svelte";
import { toasts } from "../../ui/toasts.svelte";
import { deletion } from "./deletion.svelte";
import { RunList } from "./list.svelte";
import { SweepList } from "./sweeps.svelte";

const run = (id: string, created_at: number, state = "finished") =>
  ({ id, name: id, state, created_at, step: 1, steps: 1 }) as RunRecord;

let asked: string[];
let answer: (url: string, method: string) => unknown;
let leave: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal("fetch", (url: string, init: { method?: string } = {}) => {
    const method = init.method ?? "GET";
    asked.push(`${method} ${url}`);
    const body = answer(url, method);
    if (body instanceof Error) return Promise.reject(body);
    const json = { "content-type": "application/json" };
    return Promise.resolve(new Response(JSON.stringify(body), { status: method === "GET" ? 200 : 202, headers: json }));
  });
});

afterEach(() => {
  leave();
  connection.answered();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const ids = (list: RunList) => list.shown.map((one) => one.id);
const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe("the list of runs", () => {
  it("looks every two seconds while something moves, and seldom else", async () => {
    answer = () => ({ runs: [run("a", 1, "running")], next: null });
    const list = new RunList();
    leave = list.follow("all");
    await wait(0);
    expect(ids(list)).toEqual(["a"]);
    await wait(4100);
    expect(asked.length).toBe(3);
    answer = () => ({ runs: [run("a", 1)], next: null });
    await wait(2000);
    expect(asked.length).toBe(4);
    await wait(8000);
    expect(asked.length).toBe(4);
    leave();
    await wait(60_000);
    expect(asked.length).toBe(4);
  });

  it("looks no more when a command is answered after the page was left", async () => {
    answer = () => ({ runs: [run("a", 1, "running")], next: null });
    const list = new RunList();
    leave = list.follow("all");
    await wait(0);
    const told = list.command(list.runs[0]!, "stop");
    leave();
    await told;
    await wait(60_000);
    expect(asked.length).toBe(2);
  });

  it("asks for the states of its filter and loads older pages", async () => {
    answer = (url) => (url.includes("before") ? { runs: [run("a", 1)], next: null } : { runs: [run("b", 2)], next: 2 });
    const list = new RunList(1);
    leave = list.follow("other");
    await wait(0);
    expect(asked[0]).toBe("GET /api/runs?limit=1&state=stopped&state=failed&state=interrupted");
    await list.older();
    expect(asked[1]).toContain("before=2");
    expect(ids(list)).toEqual(["b", "a"]);
    await list.refresh();
    expect(ids(list)).toEqual(["b", "a"]);
    expect(list.next).toBeNull();
  });

  it("says that the server is away, keeps what it has and goes on trying", async () => {
    answer = () => ({ runs: [run("a", 1)], next: null });
    const list = new RunList();
    leave = list.follow("all");
    await wait(0);
    answer = () => new TypeError("refused");
    await list.refresh();
    expect(connection.lost).toBe(true);
    expect(ids(list)).toEqual(["a"]);
    answer = () => ({ runs: [run("b", 2)], next: null });
    await wait(2100);
    expect(ids(list)).toEqual(["b"]);
    expect(connection.lost).toBe(false);
  });

  it("deletes for the eye at once, for the server when nobody can undo it", async () => {
    answer = (_url, method) => (method === "DELETE" ? null : { runs: [run("b", 2), run("a", 1)], next: null });
    const list = new RunList();
    leave = list.follow("all");
    await wait(0);
    deletion.delete("runs", list.runs[0]!);
    expect(ids(list)).toEqual(["a"]);
    toasts.act(toasts.list[0]!.id);
    expect(ids(list)).toEqual(["b", "a"]);
    deletion.delete("runs", list.runs[1]!);
    await wait(6900);
    expect(asked.some((one) => one.startsWith("DELETE"))).toBe(false);
    await wait(200);
    expect(asked.filter((one) => one.startsWith("DELETE"))).toEqual(["DELETE /api/runs/a"]);
    expect(ids(list)).toEqual(["b"]);
  });

  it("deletes a sweep in the same way, also when the page goes before", async () => {
    const sweep = { id: "s", name: "s", state: "finished", created_at: 1 };
    answer = (url, method) => (method === "DELETE" ? null : url.includes("/sweeps") ? { sweeps: [sweep], next: null } : { runs: [], next: null });
    const list = new SweepList();
    leave = list.follow();
    await wait(0);
    deletion.delete("sweeps", list.sweeps[0]!);
    expect(list.shown).toEqual([]);
    deletion.flush();
    expect(asked.at(-1)).toBe("DELETE /api/sweeps/s");
  });
});
