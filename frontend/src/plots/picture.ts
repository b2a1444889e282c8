/** A chart as a file: PNG, SVG or CSV. */

import { axisOf, type Figure, type TimeView } from "./figure";
import { csvOf } from "./csv";
import { loadEngine } from "./engine";
import { layoutOf } from "./layout";
import { markTraces, noteLayout, ruleLayout } from "./marks";
import { fileName } from "./names";
import { nextRange } from "./range";
import { figureExtent } from "./extent";
import { PixelColumns } from "../data/decimate";
import { colour, fontFamily } from "./theme";
import { tracesOf } from "./traces";

const SIZE = { width: 960, height: 540 };
const MARGIN = { l: 56, r: 24, t: 84, b: 44 };

export async function savePicture(format: "png" | "svg", title: string, figure: Figure, time: TimeView): Promise<void> {
  const extent = figureExtent(figure, (curve, mark) => {
    const columns = new PixelColumns();
    columns.update(curve, axisOf(mark, time), time.x0, time.x1, SIZE.width);
    return columns;
  });
  const frame = { ...SIZE, right: 24, yRange: nextRange(extent, null, figure.y), time, large: true };
  const notes = noteLayout(figure, time, SIZE.width - MARGIN.l - MARGIN.r);
  const rules = ruleLayout(figure);
  const layout = {
    ...layoutOf(figure, frame),
    title: { text: title, x: 0.02, xanchor: "left" as const, font: { family: fontFamily(), size: 15, color: colour("--ink") } },
    shapes: [...(notes.shapes ?? []), ...(rules.shapes ?? [])],
    annotations: [...(notes.annotations ?? []), ...(rules.annotations ?? [])],
    margin: MARGIN,
    paper_bgcolor: colour("--surface"),
    plot_bgcolor: colour("--surface"),
    showlegend: true,
    legend: { orientation: "h" as const, x: 0, y: 1.02, yanchor: "bottom" as const },
  };
  const { toImage } = await loadEngine();
  const data = [...tracesOf(figure, time, true), ...markTraces(figure, time, frame.yRange)];
  const url = await toImage({ data, layout }, { format, ...SIZE, scale: 2 });
  save(url, `${fileName(title)}.${format}`);
}

export function saveCsv(title: string, figure: Figure, time: TimeView): void {
  saveText(title, csvOf(figure, time));
}

export function saveText(title: string, csv: string): void {
  const url = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  save(url, `${fileName(title)}.csv`);
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export function save(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}
