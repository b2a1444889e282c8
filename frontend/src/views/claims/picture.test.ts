import { describe, expect, it } from "vitest";

import type { RecordedPicture } from "../../api/types";
import { drawn, scaleOf } from "./picture";

function picture(change: Partial<RecordedPicture> = {}, value: number[] = [0.2, 0.8]): RecordedPicture {
  const curve = { arm: "no norm", norm: "none", step: [50, 100], value, low: value, high: value };
  return { statistic: "validation_accuracy", layer: null, log: false, steps: 100, curves: [curve], ...change };
}

describe("the recorded picture", () => {
  it("shows shares from 0 to 1, and each power of ten alike where it is logarithmic", () => {
    expect(scaleOf(picture())).toEqual({ low: 0, high: 1, log: false });
    expect(scaleOf(picture({}, [1, 40]))).toEqual({ low: 0, high: 40, log: false });
    expect(scaleOf(picture({ log: true }, [0.002, 0.5]))).toEqual({ low: 0.001, high: 1, log: true });
    expect(scaleOf(picture({ curves: [] }))).toEqual({ low: 0, high: 1, log: false });
  });

  it("draws from the left to where the run ended, high values up", () => {
    const [one] = drawn(picture(), scaleOf(picture()), { width: 200, height: 100 });
    expect(one!.line).toBe("M100.0 80.0L200.0 20.0");
    expect(one!.end.value).toBe(0.8);
    expect([one!.end.x, one!.end.y].map(Math.round)).toEqual([200, 20]);
    const logs = picture({ log: true }, [0.001, 1]);
    expect(drawn(logs, scaleOf(logs), { width: 200, height: 100 })[0]!.line).toBe("M100.0 100.0L200.0 0.0");
  });

  it("draws nothing of an arm without values", () => {
    const empty = picture({ curves: [{ ...picture().curves[0]!, step: [], value: [], low: [], high: [] }] });
    expect(drawn(empty, scaleOf(empty), { width: 200, height: 100 })[0]).toMatchObject({ line: "", band: "" });
  });
});
