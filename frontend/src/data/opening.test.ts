import { afterEach, describe, expect, it, vi } from "vitest";

import { head } from "../head";
import { OPENING } from "./asks";
import { openAhead, takeOpening } from "./opening";

afterEach(() => vi.unstubAllGlobals());

describe("opening ahead", () => {
  it("asks for everything at once, and hands the answers to one session of that run", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url.replace(/\?.*/, ""));
      return Promise.resolve(new Response("{}"));
    });
    openAhead("ab");
    expect(asked).toEqual(["/api/runs/ab", "/api/runs/ab/manifest", "/api/runs/ab/telemetry", "/api/runs/ab/events"]);
    const opening = takeOpening("ab");
    expect(await opening?.record).toEqual({});
    expect(takeOpening("ab")).toBeNull();
  });

  it("gives nothing to another run", () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    openAhead("ab");
    expect(takeOpening("cd")).toBeNull();
    expect(takeOpening("ab")).toBeNull();
  });

  it("takes what the page's head has asked for, and asks for nothing twice", async () => {
    const asked: string[] = [];
    const link = { rel: "", href: "", crossOrigin: "" };
    vi.stubGlobal("window", {});
    vi.stubGlobal("location", { pathname: "/runs/ab" });
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    vi.stubGlobal("navigator", { languages: ["en-GB", "ko"] });
    vi.stubGlobal("document", { createElement: () => link, head: { append: () => undefined }, documentElement: { dataset: {} } });
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response(`{"of": "${url}"}`));
    });
    head(OPENING, { "/runs/": ["/assets/Compare.js"], "/runs": ["/assets/Runs.js"] }, ["/assets/korean.js"]);
    expect(link).toMatchObject({ rel: "modulepreload", href: "/assets/Compare.js" });
    expect(asked).toEqual(OPENING.map((rest) => `/api/runs/ab${rest}`));
    openAhead("ab");
    const opening = takeOpening("ab");
    expect(await opening?.record).toEqual({ of: "/api/runs/ab" });
    await Promise.all(Object.values(opening!));
    expect(asked).toHaveLength(4);
    openAhead("ab");
    expect(asked).toHaveLength(8);
  });

  it.each([
    [["ko-KR", "en"], null, "ko"],
    [["en-GB", "ko"], null, "en"],
    [["fr", "ko"], null, "ko"],
    [["fr"], null, "en"],
    [["ko"], "en", "en"],
    [["en"], "ko", "ko"],
  ])("speaks, to a browser of %o with the choice %o, %s, and loads its texts ahead", (languages, choice, spoken) => {
    const links: { href: string }[] = [];
    const documentElement = { dataset: {}, lang: "en" };
    vi.stubGlobal("location", { pathname: "/none" });
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    vi.stubGlobal("navigator", { languages });
    vi.stubGlobal("localStorage", { getItem: (key: string) => (key === "normscope.language" ? choice : null) });
    vi.stubGlobal("document", { createElement: () => ({}), head: { append: (link: { href: string }) => links.push(link) }, documentElement });
    head(OPENING, {}, ["/assets/korean.js"]);
    expect(documentElement.lang).toBe(spoken);
    expect(links.map(({ href }) => href)).toEqual(spoken === "ko" ? ["/assets/korean.js"] : []);
  });
});
