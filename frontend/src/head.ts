/**
 * Written into the page's head by the build, as text: it runs before any other code is there, so it may use nothing from
 * outside itself. No page flashes in the other theme or language, and what the page is going to need is on its way at once.
 *
 * @param asks what a run's page asks the server for, after `/api/runs/{id}`
 * @param files scripts of each page whose code is loaded on its own
 * @param korean scripts of the Korean texts
 */
export function head(asks: readonly string[], files: Partial<Record<string, readonly string[]>>, korean: readonly string[]): void {
  const [first = "", id] = location.pathname.split("/").filter((part) => part !== "");
  function preload(hrefs: readonly string[]): void {
    for (const href of hrefs) {
      const link = document.createElement("link");
      link.rel = "modulepreload";
      link.crossOrigin = "";
      link.href = href;
      document.head.append(link);
    }
  }
  preload(files[id === undefined ? `/${first}` : `/${first}/`] ?? []);
  for (const rest of first === "runs" && id !== undefined ? asks : []) {
    const path = `/api/runs/${id}${rest}`;
    // Read at once: whoever wants it is not there yet, and may then have no time for a megabyte.
    const answer = fetch(path).then(async (response) => new Response(await response.arrayBuffer(), response));
    answer.catch(() => undefined); // Who takes it hears of it.
    (window.asked ??= new Map<string, Promise<Response>>()).set(path, answer);
  }

  // Last: the storage has to be asked for, while the rest is on its way.
  let choice: string | null = null;
  let language: string | null = null;
  try {
    choice = localStorage.getItem("normscope.theme");
    language = localStorage.getItem("normscope.language");
  } catch {
    // Storage is blocked: follow the system.
  }
  const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  // The first of the browser's languages that there are texts in.
  language ??= navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "ko" || tag === "en") ?? "en";
  document.documentElement.lang = language === "ko" ? "ko" : "en";
  if (language === "ko") preload(korean);
}
