// Runs before the first paint, so that no page flashes in the other theme.
(() => {
  const stored = () => {
    try {
      return localStorage.getItem("normscope.theme");
    } catch {
      return null; // Storage is blocked: follow the system.
    }
  };
  const choice = stored();
  const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
