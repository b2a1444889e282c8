// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";

import { navigate, router, setQuery } from "./router.svelte";
import { match, placeOf, tabPath } from "./routes";

describe("routes", () => {
  it.each([
    ["/", { page: "start" }],
    ["/launch", { page: "launch" }],
    ["/runs/", { page: "runs" }],
    ["/runs/ab12", { page: "compare", id: "ab12", tab: "compare" }],
    ["/runs/ab12/microscope", { page: "compare", id: "ab12", tab: "microscope" }],
    ["/runs/ab12/maps/", { page: "compare", id: "ab12", tab: "maps" }],
    ["/runs/ab12/maps/more", { page: "missing" }],
    ["/runs/ab12/compare", { page: "missing" }],
    ["/runs/%E0%A4%A", { page: "compare", id: "%E0%A4%A", tab: "compare" }],
    ["/sweeps/ab12", { page: "sweep", id: "ab12" }],
    ["/runs/ab12/more", { page: "missing" }],
    ["/claims", { page: "claims" }],
    ["/claims/speed", { page: "claim", id: "speed" }],
    ["/lesson", { page: "lesson" }],
    ["/room/ABCDE", { page: "room", id: "ABCDE" }],
    ["/lessons", { page: "missing" }],
  ])("%s", (path, route) => {
    expect(match(path)).toEqual(route);
  });

  it("the tabs of a run are one page, other paths a page each", () => {
    expect(tabPath("a b", "maps")).toBe("/runs/a%20b/maps");
    expect(placeOf(tabPath("a b", "maps"))).toBe(placeOf("/runs/a%20b"));
    expect(placeOf("/runs/ab/maps")).not.toBe(placeOf("/runs/ac/maps"));
    expect(placeOf("/runs")).not.toBe(placeOf("/launch"));
  });
});

describe("the router", () => {
  beforeEach(() => {
    window.location.href = "http://localhost/";
    router.read();
  });

  it("goes to a path and reads its parameters", () => {
    navigate("/runs?state=live&q=a b");
    expect(router.path).toBe("/runs");
    expect([...router.query]).toEqual([
      ["state", "live"],
      ["q", "a b"],
    ]);
    navigate("/launch");
    expect([...router.query]).toEqual([]);
  });

  it("changes some parameters, keeps the others and leaves commas readable", () => {
    navigate("/runs/1?step=5&axis=epoch");
    setQuery({ step: null, arms: "0,1" });
    expect(window.location.search).toBe("?axis=epoch&arms=0,1");
    setQuery({ axis: null, arms: null });
    expect(window.location.search).toBe("");
  });

  it("adds an entry to the history only where it shall", () => {
    const before = history.length;
    setQuery({ q: "x" }, { replace: true });
    navigate("/?q=x");
    expect(history.length).toBe(before);
    setQuery({ q: "y" });
    expect(history.length).toBe(before + 1);
  });

  it("follows plain clicks on internal links and leaves others, as with Ctrl, to the browser", () => {
    router.start();
    document.body.innerHTML = '<a id="in" href="/runs">runs</a>';
    const click = (id: string, init = {}) => {
      const event = new MouseEvent("click", { bubbles: true, cancelable: true, ...init });
      document.querySelector(`#${id}`)!.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(click("in")).toBe(true);
    expect(router.path).toBe("/runs");
    expect(click("in", { ctrlKey: true })).toBe(false);
  });
});
