import qrcode from "qrcode-generator";

/** A QR code as an SVG path on a grid with `side` cells, the quiet border of four included. */
export function qrPath(text: string): { path: string; side: number } {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) if (code.isDark(row, column)) path += `M${column + 4} ${row + 4}h1v1h-1z`;
  }
  return { path, side: count + 8 };
}
