/** The charts that show each claim: one to three for its experiment, and for the one that shows when it does not hold. */

import type { ExperimentKind, Statistic } from "../../api/types";
import type { AxisKind } from "../../data/axis";
import type { SweptMetric, SweptName } from "./swept";

export type ClaimChart =
  /** A metric of training and validation, of the run that is watched or of the one with this name; `look`: its own words. */
  | { kind: "metric"; what: "accuracy" | "loss"; run?: string; look?: string }
  /** 15th, 50th and 85th percentile of a typical unit of the last hidden layer, side by side. */
  | { kind: "percentiles" }
  /** Statistics over time; `last`: of the last hidden layer. */
  | { kind: "lines"; card: string; lines: readonly Statistic[]; log?: boolean; last?: boolean; include?: number }
  /** A statistic over time, a panel for each hidden layer. */
  | { kind: "layers"; card: string; statistic: Statistic }
  /** The gradient at each activation, at the cursor. */
  | { kind: "depth"; statistic: Statistic; run: string }
  /** How close the gradients of minibatches are to that of all examples, by batch size. */
  | { kind: "cosine" }
  /** The last metrics of all runs against what differs between them; `without`: a run that is of something else. */
  | { kind: "swept"; card: string; x: SweptName; metrics: readonly SweptMetric[]; without?: string }
  /** A map for each network: test accuracy over two settings. */
  | { kind: "map"; x: SweptName; y: SweptName }
  /** Validation accuracy of all runs over the same axis. */
  | { kind: "race"; card: string; axis: AxisKind };

/** Of one with more data the same as of the experiment, unless it has its own. */
type Charts = Readonly<Record<"main" | "counter", readonly ClaimChart[]> & Partial<Record<ExperimentKind, readonly ClaimChart[]>>>;

const ACCURACY: ClaimChart = { kind: "metric", what: "accuracy" };
const LOSS: ClaimChart = { kind: "metric", what: "loss" };
const PERCENTILES: ClaimChart = { kind: "percentiles" };
const DRIFT: ClaimChart = { kind: "lines", card: "drift", lines: ["activation_drift"], last: true, log: true };
const SATURATED: ClaimChart = { kind: "layers", card: "saturated", statistic: "saturated" };
const FLOW: ClaimChart = { kind: "depth", statistic: "activation_gradient_norm", run: "deep" };
const MODES: ClaimChart = { kind: "lines", card: "modes", lines: ["eval_mode_accuracy", "precise_accuracy", "train_mode_accuracy"] };
const SIZES: ClaimChart = { kind: "swept", card: "sizes", x: "batch", metrics: ["test_accuracy"] };
const SCALE: readonly ClaimChart[] = [
  { kind: "lines", card: "scale", lines: ["scale_error"], log: true },
  { kind: "lines", card: "scale_gradient", lines: ["scale_gradient_ratio"], include: 1 },
];
const TABLE: readonly ClaimChart[] = [
  { kind: "metric", what: "accuracy", run: "relu" },
  { kind: "metric", what: "accuracy", run: "sigmoid" },
];

const both = (...charts: readonly ClaimChart[]): Charts => ({ main: charts, counter: charts });

export const CHARTS: Readonly<Record<string, Charts>> = {
  speed: { ...both(ACCURACY, LOSS), mnist: [ACCURACY, PERCENTILES] },
  stability: both(PERCENTILES, DRIFT),
  "learning-rate": {
    main: [{ kind: "swept", card: "rates", x: "rate", metrics: ["validation_accuracy"] }, ACCURACY],
    counter: [ACCURACY],
  },
  initialisation: { main: [{ kind: "swept", card: "gains", x: "gain", metrics: ["test_accuracy"], without: "deep" }, FLOW], counter: [FLOW] },
  regularisation: both(ACCURACY, LOSS),
  saturation: both(SATURATED, ACCURACY),
  identity: {
    main: [{ kind: "lines", card: "identity", lines: ["identity_error", "identity_error_64"], log: true }],
    counter: [{ kind: "lines", card: "mode_gap", lines: ["mode_logit_gap"], log: true }],
  },
  modes: both(MODES),
  "small-batches": both(SIZES, { kind: "metric", what: "loss", run: "2", look: "claim.look.small_batches" }),
  placement: both(ACCURACY, LOSS),
  "early-stopping": both({ kind: "metric", what: "loss", run: "best" }, { kind: "metric", what: "accuracy", run: "best" }),
  "minibatch-gradient": both({ kind: "cosine" }),
  "bias-variance": {
    main: [{ kind: "swept", card: "decays", x: "decay", metrics: ["train_accuracy", "test_accuracy"] }],
    counter: [{ kind: "swept", card: "widths", x: "width", metrics: ["train_accuracy", "test_accuracy"] }],
  },
  "covariate-shift": both(ACCURACY, DRIFT),
  scale: both(...SCALE),
  robustness: { main: [{ kind: "map", x: "rate", y: "gain" }], counter: [{ kind: "map", x: "rate", y: "batch" }] },
  table: both(...TABLE),
  minibatches: {
    main: [
      { kind: "race", card: "by_sample", axis: "samples" },
      { kind: "race", card: "by_second", axis: "seconds" },
    ],
    counter: [{ kind: "race", card: "by_step", axis: "step" }],
  },
};
