import { afterEach, describe, expect, it, vi } from "vitest";

import { openAhead, takeOpening } from "./opening";

afterEach(() => vi.unstubAllGlobals());

describe("opening ahead", () => {
  it("asks for everything at once, and hands the answers to one session of that run", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url.replace(/\?.*/, ""));
      return Promise.resolve(new Response("{}"));
    });
    openAhead("ab");
    expect(asked).toEqual(["/api/runs/ab", "/api/runs/ab/manifest", "/api/runs/ab/telemetry", "/api/runs/ab/events"]);
    const opening = takeOpening("ab");
    expect(await opening?.record).toEqual({});
    expect(takeOpening("ab")).toBeNull();
  });

  it("gives nothing to another run", () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    openAhead("ab");
    expect(takeOpening("cd")).toBeNull();
    expect(takeOpening("ab")).toBeNull();
  });
});
