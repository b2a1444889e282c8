/** What the list says of each arm of a run. */

import type { RunRecord } from "../../api/types";
import { type ArmStyle, armStyles } from "../../style/arms";

export interface ArmLine {
  name: string;
  style: ArmStyle;
  /** Validation accuracy, the last known; null: none measured yet. */
  accuracy: number | null;
  /** Every replicate diverged. */
  diverged: boolean;
}

export function armLines(run: RunRecord): ArmLine[] {
  const styles = armStyles(run.spec.arms.map((arm) => arm.norm.kind));
  return run.spec.arms.map((arm, index) => {
    const progress = run.arms[index];
    const accuracy = progress?.final.validation_accuracy ?? progress?.latest.validation_accuracy;
    const counts = Object.values(progress?.replicates ?? {});
    const total = counts.reduce((sum, count) => sum + count, 0);
    return {
      name: arm.name,
      style: styles[index]!,
      accuracy: accuracy !== undefined && Number.isFinite(accuracy) ? accuracy : null,
      diverged: total > 0 && progress?.replicates.diverged === total,
    };
  });
}
