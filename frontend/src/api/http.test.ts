import { afterEach, describe, expect, it, vi } from "vitest";

import { parse, Problem, request } from "./http";

afterEach(() => vi.unstubAllGlobals());

function answer(status: number, body: string, type = "application/json") {
  vi.stubGlobal("fetch", vi.fn().mockResolvedValue(new Response(body, { status, headers: { "content-type": type } })));
}

describe("parse", () => {
  it("reads numbers that JSON cannot say, and leaves words alone", () => {
    const text = '{"loss": "NaN", "low": "-Infinity", "high": "Infinity", "name": "NaN", "arms": ["NaN"], "n": 1}';
    expect(parse(text)).toEqual({ loss: NaN, low: -Infinity, high: Infinity, name: "NaN", arms: ["NaN"], n: 1 });
  });

  it("reads them in lists too: a line that diverged, an interval, the arms of a spec", () => {
    const text = '{"y": [0.5, "NaN"], "interval": ["-Infinity", 2], "arms": [{"name": "NaN", "final": {"1": "NaN"}}]}';
    expect(parse(text)).toEqual({
      y: [0.5, NaN],
      interval: [-Infinity, 2],
      arms: [{ name: "NaN", final: { 1: NaN } }],
    });
  });
});

describe("request", () => {
  it("answers the body", async () => {
    answer(200, '{"a": 1}');
    expect(await request("GET", "/x")).toEqual({ a: 1 });
    expect(fetch).toHaveBeenCalledWith("/api/x", expect.objectContaining({ method: "GET" }));
  });

  it("answers nothing for an empty body", async () => {
    vi.stubGlobal("fetch", vi.fn().mockResolvedValue(new Response(null, { status: 204 })));
    expect(await request("DELETE", "/x")).toBeUndefined();
  });

  it("throws what the server said, with its field errors", async () => {
    const errors = [{ path: "arms.1.norm.groups", message: "does not divide 100", code: "value_error" }];
    answer(422, JSON.stringify({ type: "t", title: "No", detail: "Look", errors }), "application/problem+json");
    const problem = await request("POST", "/runs", {}).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ status: 422, title: "No", message: "Look", errors, unreachable: false });
  });

  it("calls a server that does not answer, or a proxy without one, unreachable", async () => {
    vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError("failed to fetch")));
    await expect(request("GET", "/x")).rejects.toMatchObject({ status: 0, unreachable: true });
    answer(502, "<html>", "text/html");
    await expect(request("GET", "/x")).rejects.toMatchObject({ unreachable: true });
  });
});
