/** The address bar as reactive state: `router.path`, `router.query`. History API, no library. */

import { SvelteURLSearchParams } from "svelte/reactivity";

import { address } from "./address";

export interface NavigateOptions {
  /** Replaces the current entry of the history, where a change is no place to come back to. */
  replace?: boolean;
}

class Router {
  path: string = $state("/");
  /** Reactive; change it by `setQuery`. */
  readonly query = new SvelteURLSearchParams();

  /** Follows the browser's back and forward buttons and clicks on internal links, until the page goes. */
  start(): void {
    this.read();
    window.addEventListener("popstate", () => this.read());
    document.addEventListener("click", (event) => {
      const href = internalLink(event);
      if (href === null) return;
      event.preventDefault();
      navigate(href);
    });
  }

  read(): void {
    this.path = address.path();
    const now = new URLSearchParams(address.search());
    for (const key of [...this.query.keys()]) if (!now.has(key)) this.query.delete(key);
    for (const [key, value] of now) if (this.query.get(key) !== value) this.query.set(key, value);
  }
}

export const router = new Router();

/** Goes to a path of this page, e.g. `/runs/ab12?axis=epoch`. */
export function navigate(href: string, options: NavigateOptions = {}): void {
  if (href === address.path() + address.search()) return;
  const elsewhere = href.split(/[?#]/, 1)[0] !== address.path();
  if (options.replace) history.replaceState(null, "", address.href(href));
  else history.pushState(null, "", address.href(href));
  router.read();
  if (elsewhere && !options.replace) window.scrollTo(0, 0);
}

/** Sets these parameters and keeps the others; null removes one. */
export function setQuery(changes: Record<string, string | number | null>, options: NavigateOptions = {}): void {
  const query = new URLSearchParams(address.search());
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) query.delete(key);
    else query.set(key, String(value));
  }
  const text = query.toString().replaceAll("%2C", ",");
  navigate(address.path() + (text === "" ? "" : `?${text}`), options);
}

/** Where a plain click on a link of this page leads; null where the browser shall do it. */
function internalLink(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.target !== "" || link.hasAttribute("download")) return null;
  return address.target(link);
}
