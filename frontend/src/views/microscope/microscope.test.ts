import { describe, expect, it } from "vitest";

import { Curve } from "../../data/curve";
import { Spread } from "../../data/spread";
import { bulk, quantile } from "../instruments/figures";
import { against, isLogarithmic, layersWith, mapped, scaleOf } from "../instruments/statistics";
import { identityVerdict, scaleVerdict, scatterCsv } from "./norms";
import type { Manifest } from "../../api/types";

describe("verdicts", () => {
  it("what rounding leaves counts as restored, a missing epsilon does not", () => {
    expect(identityVerdict(2.4e-7, 3.3e-16)).toBe("restored");
    expect(identityVerdict(2.1e-4, 2.1e-4)).toBe("differs");
    expect(identityVerdict(NaN, 1e-16)).toBe("unknown");
  });

  it("a tenth of the gradient counts as invariant", () => {
    expect(["restored", "differs", "unknown"]).toEqual([0.99999, 0.1, NaN].map(scaleVerdict));
  });
});

it("a mean and its spread become one curve, which grows with both and begins anew with either", () => {
  const [mean, width, spread] = [new Curve(), new Curve(), new Spread()];
  mean.push(10, 1, 1, 1);
  width.push(10, 0.25, 0.25, 0.25);
  mean.push(20, 2, 2, 2);
  expect(spread.update(mean, width).n).toBe(1);
  width.push(20, 0.5, 0.5, 0.5);
  const curve = spread.update(mean, width);
  expect([curve.n, curve.value[1], curve.low[1], curve.high[1]]).toEqual([2, 2, 1.5, 2.5]);
  mean.clear();
  expect(spread.update(mean, width).n).toBe(0);
});

it("quantiles lie in their bins; the bulk leaves the outermost out", () => {
  const even = { low: 0, high: 10, counts: Float32Array.from({ length: 10 }, () => 100) };
  expect([0.25, 0.5, 1].map((share) => quantile(even, share))).toEqual([2.5, 5, 10]);
  const spiked = { low: 0, high: 1000, counts: Float32Array.from({ length: 1000 }, (_, i) => (i < 2 ? 50_000 : i === 999 ? 1 : 0)) };
  expect(bulk([spiked])![1]).toBeLessThan(3);
  expect(bulk([])).toBeNull();
});

describe("statistics on maps", () => {
  const manifest = {
    layers: [{ index: 1 }, { index: 2 }, { index: 3 }],
    series: [
      { statistic: "train_loss", layer: null, vector: false },
      { statistic: "dead", layer: 2, vector: false },
      { statistic: "dead", layer: 1, vector: false },
      { statistic: "histogram", layer: 1, vector: true },
      { statistic: "gradient_norm", layer: 3, vector: false },
    ],
  } as unknown as Manifest;

  it("are the scalars of layers, each with the layers that have it in order", () => {
    expect(mapped(manifest)).toEqual(["dead", "gradient_norm"]);
    expect(layersWith(manifest, "dead")).toEqual([1, 2]);
  });

  it("have the scale of their kind", () => {
    expect(scaleOf("input_mean", true)).toMatchObject({ centred: true, log: false, ramp: "diverge" });
    expect(scaleOf("dead", true)).toMatchObject({ fixed: [0, 1], log: false });
    expect(scaleOf("gradient_norm", true)).toMatchObject({ log: true, fixed: null });
    expect([isLogarithmic("gradient_norm"), isLogarithmic("input_mean")]).toEqual([true, false]);
  });

  it("are set against each other as difference, or in decades", () => {
    expect(against(false)(3, 1)).toBe(2);
    expect(against(true)(100, 1)).toBe(2);
    expect(against(true)(1, 0)).toBe(Infinity);
  });
});

it("the scatter's CSV has a row for each unit", () => {
  const cloud = { name: "BN", variable: "", marker: "circle" as const, x: [1, 2], y: [3, 4] };
  expect(scatterCsv([{ title: "Mean", log: false, clouds: [cloud] }])).toBe("arm,statistic,unit,running,batch\nBN,Mean,0,1,3\nBN,Mean,1,2,4\n");
});
