// @vitest-environment happy-dom
import { flushSync, mount, tick, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { t } from "../messages";
import Harness from "./testing/Harness.svelte";
import { Sheet } from "./testing/sheet.svelte";
import type { Field } from "./schema";
import { RUN } from "./testing/schema";

let sheet: Sheet;
let page: ReturnType<typeof mount>;

function show(schema = RUN) {
  sheet = new Sheet(schema);
  page = mount(Harness, { target: document.body, props: { sheet } });
  flushSync();
}

const input = (id: string) => document.getElementById(`field-${id}`) as HTMLInputElement;

function type(id: string, text: string) {
  input(id).value = text;
  input(id).dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

beforeEach(() => show());
afterEach(() => unmount(page));

describe("the form drawn from the schema", () => {
  it("labels every shared field", () => {
    const labels = [...document.querySelectorAll(".label")].map((label) => label.textContent!.trim());
    for (const key of ["steps", "batch_size", "model.hidden", "probes.layers", "optimizer.learning_rate"]) {
      expect(labels).toContain(t(`spec.${key}.label`));
    }
  });

  it("draws a field that the schema gains", () => {
    void unmount(page);
    const hints = { group: "training", log: true, advanced: false, unit: "steps" };
    const gained: Field = {
      name: "warmup_steps",
      key: "warmup_steps",
      node: { type: "number", integer: true, minimum: 1, maximum: 1000 },
      required: false,
      default: 10,
      description: "Rises slowly.",
      hints,
    };
    show({ ...RUN, fields: [...RUN.fields, gained] });
    expect(input("warmup_steps").value).toBe("10");
    expect(document.body.textContent).toContain("Warmup steps");
  });

  it("takes a number as it is typed and keeps what is none, with the fault beside it", () => {
    type("steps", "2 000");
    expect(sheet.spec["steps"]).toBe(2000);
    expect(input("steps").value).toBe("2 000");
    type("steps", "lots");
    expect(sheet.spec["steps"]).toBe("lots");
    expect(input("steps").value).toBe("lots");
    expect(input("steps").getAttribute("aria-invalid")).toBe("true");
    const error = document.getElementById(input("steps").getAttribute("aria-describedby")!);
    expect(error!.textContent).toBe(t("form.error.integer"));
  });

  it("writes the value of elsewhere over what was typed", () => {
    type("steps", "2000.0");
    sheet.spec["steps"] = 300;
    flushSync();
    expect(input("steps").value).toBe("300");
  });

  it("shows the fields of the chosen kind and remembers those of the other", () => {
    type("optimizer-learning_rate", "0.7");
    choose("adamw");
    expect(sheet.spec["optimizer"]).toEqual({ kind: "adamw", learning_rate: 0.001, weight_decay: 0.01, decay_norm_parameters: true });
    expect(input("optimizer-weight_decay").value).toBe("0.01");
    choose("sgd");
    expect(sheet.spec["optimizer"]).toEqual({ kind: "sgd", learning_rate: 0.7, weight_decay: 0, decay_norm_parameters: true });
  });

  it("adds, edits and removes hidden layers", async () => {
    document.querySelector<HTMLElement>("[data-field=field-model-hidden] .add")!.click();
    flushSync();
    await tick();
    expect(sheet.at("model.hidden")).toEqual([100, 100, 100, 100]);
    type("model-hidden-3", "5000");
    expect(sheet.at("model.hidden")).toEqual([100, 100, 100, 5000]);
    const field = document.querySelector("[data-field=field-model-hidden]")!;
    expect(field.querySelector("[id$=-error]")!.textContent).toContain("2");
    field.querySelectorAll<HTMLElement>(".chip button")[3]!.click();
    flushSync();
    expect(sheet.at("model.hidden")).toEqual([100, 100, 100]);
  });

  it("takes widths and pools as convolutions", async () => {
    sheet.spec["model"] = { kind: "cnn", convolutions: [16], kernel_size: 3, head: "average", hidden: [], activation: "relu" };
    flushSync();
    const field = document.querySelector("[data-field=field-model-convolutions]")!;
    field.querySelector<HTMLElement>(".wide")!.click();
    flushSync();
    await tick();
    expect(sheet.at("model.convolutions")).toEqual([16, "pool"]);
    type("model-convolutions-1", "wide");
    expect(field.querySelector("[id$=-error]")!.textContent).toBe(t("form.error.integer_or", { word: "pool" }));
    type("model-convolutions-1", "p");
    input("model-convolutions-1").dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    flushSync();
    expect(sheet.at("model.convolutions")).toEqual([16, "pool"]);
    expect(field.querySelector("[id$=-error]")?.textContent ?? "").toBe("");
  });

  it("takes an empty field as null where null is allowed", () => {
    type("dataset-train_examples", "500");
    expect(sheet.at("dataset.train_examples")).toBe(500);
    type("dataset-train_examples", "");
    expect(sheet.at("dataset.train_examples")).toBeNull();
  });
});

function choose(kind: string) {
  const radio = document.querySelector<HTMLInputElement>(`[data-field=field-optimizer] input[value=${kind}]`)!;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  flushSync();
}
