declare module "plotly.js/lib/core" {
  const core: unknown;
  export default core;
}
declare module "plotly.js/lib/scatter" {
  const module: unknown;
  export default module;
}
declare module "plotly.js/lib/bar" {
  const module: unknown;
  export default module;
}
