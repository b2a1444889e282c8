import { describe, expect, it } from "vitest";

import { deviceFlaws, deviceNotes } from "./devices";

describe("the devices of a run", () => {
  it("says what is not there, and does not offer it", () => {
    const absent = { kind: "cuda" as const, at_hand: false, name: "" };
    expect(deviceNotes(absent)).toMatchObject({ note: "not available", disabled: true });
    expect(deviceFlaws(absent)).toEqual([{ path: "device", code: "device", params: {} }]);
  });

  it("names the GPU that is there", () => {
    const gpu = { kind: "cuda" as const, at_hand: true, name: "NVIDIA T4" };
    expect(deviceNotes(gpu)).toEqual({ note: "NVIDIA T4" });
    expect(deviceFlaws(gpu)).toEqual([]);
  });

  it("says nothing of the processor, nor of what the server does not tell", () => {
    expect(deviceNotes({ kind: "cpu", at_hand: true, name: "" })).toEqual({});
    expect([deviceNotes(undefined), deviceFlaws(undefined)]).toEqual([{}, []]);
  });
});
