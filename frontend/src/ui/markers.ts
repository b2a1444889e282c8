/** The arms' markers as SVG paths around the origin, in a circle of radius 1. */

import type { Marker } from "../style/arms";

export const MARKER_PATHS: Readonly<Record<Marker, string>> = {
  circle: "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
  square: "M-.86-.86H.86V.86H-.86Z",
  diamond: "M0-1.15L1.15 0L0 1.15L-1.15 0Z",
  "triangle-up": "M0-1.1L1.1 .85H-1.1Z",
  "triangle-down": "M0 1.1L1.1-.85H-1.1Z",
  cross: "M-.4-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
  x: "M-1-.5L-.5-1L0-.5L.5-1L1-.5L.5 0L1 .5L.5 1L0 .5L-.5 1L-1 .5L-.5 0Z",
  pentagon: "M0-1.1L1.05-.34L.65.9H-.65L-1.05-.34Z",
};
