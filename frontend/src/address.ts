/** Where the page's own address stands: in the browser's bar, or, in a file, behind its `#`. */

export interface Address {
  /** E.g. `/runs/ab12`. */
  path(): string;
  /** With its `?`; empty: none. */
  search(): string;
  /** As links are written into the page. */
  href(address: string): string;
  /** Where a link of the page leads; null: elsewhere. */
  target(link: HTMLAnchorElement): string | null;
}

const bar: Address = {
  path: () => location.pathname,
  search: () => location.search,
  href: (address) => address,
  target(link) {
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || url.pathname.startsWith("/api/")) return null;
    if (url.hash !== "" && url.pathname === location.pathname) return null;
    return url.pathname + url.search;
  },
};

/** Of a file that is opened without a server: it begins at `start`. */
export function hashAddress(start: string): Address {
  const now = (): string => (location.hash.startsWith("#/") ? location.hash.slice(1) : start);
  return {
    path: () => now().split("?", 1)[0]!,
    search: () => now().slice(now().split("?", 1)[0]!.length),
    href: (address) => `#${address}`,
    target(link) {
      const href = link.getAttribute("href") ?? "";
      return href.startsWith("#/") ? href.slice(1) : href.startsWith("/") ? href : null;
    },
  };
}

export let address: Address = bar;

export function setAddress(next: Address): void {
  address = next;
}
