/** The whole diagram as one PNG, and its numbers as CSV. */

import { fileName } from "../../plots/names";
import { colour, fontFamily } from "../../plots/theme";

const SCALE = 2;
const GAP = 24;
const TITLE = 56;

/** Draws the maps of the page side by side under `title`. */
export async function savePicture(title: string, maps: readonly { title: string; svg: SVGSVGElement }[]): Promise<void> {
  const images = await Promise.all(maps.map(({ svg }) => imageOf(svg)));
  const width = Math.max(...images.map((image) => image.width));
  const canvas = document.createElement("canvas");
  canvas.width = SCALE * (GAP + images.length * (width + GAP));
  canvas.height = SCALE * (TITLE + 28 + Math.max(...images.map((image) => image.height)) + GAP);
  const context = canvas.getContext("2d")!;
  context.scale(SCALE, SCALE);
  context.fillStyle = colour("--surface");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = colour("--ink");
  context.font = `600 18px ${fontFamily()}`;
  context.fillText(title, GAP, 34);
  context.font = `600 15px ${fontFamily()}`;
  images.forEach((image, index) => {
    const x = GAP + index * (width + GAP);
    context.fillText(maps[index]!.title, x, TITLE + 14);
    context.drawImage(image, x, TITLE + 28, image.width, image.height);
  });
  save(canvas.toDataURL("image/png"), `${fileName(title)}.png`);
}

export function saveText(title: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  save(url, `${fileName(title)}.csv`);
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

async function imageOf(svg: SVGSVGElement): Promise<HTMLImageElement> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const box = svg.viewBox.baseVal;
  copy.setAttribute("width", String(box.width));
  copy.setAttribute("height", String(box.height));
  copy.querySelector(".cursor")?.remove();
  const image = new Image(box.width, box.height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}

function save(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}
