import { beforeAll, expect, it } from "vitest";

import { loadTexts } from "../messages";
import { refusal } from "./refusals";

beforeAll(loadTexts);

it("says in Korean what the code means, with the limit and what came", () => {
  const error = { path: "steps", code: "less_than_equal", message: "…", expected: "at most 1,000,000", got: "2,000,000" };
  expect(refusal(error, "ko")).toBe("1\u202f000\u202f000 이하여야 합니다 (받은 값: 2,000,000)");
  const stranger = { path: "model.hiden", code: "extra_forbidden", message: "unknown field", expected: "no such field", got: null };
  expect(refusal(stranger, "ko")).toBe("‘hiden’이라는 설정은 없습니다");
  const small = { path: "optimizer.learning_rate", code: "greater_than", message: "…", expected: "more than 1e-09", got: "0" };
  expect(refusal(small, "ko")).toBe("1.00×10⁻⁹보다 커야 합니다 (받은 값: 0)");
});

it("leaves the server's own sentence where its code is not known, and in English", () => {
  const error = { path: "", message: "too expensive", code: "cost_limit" };
  expect(refusal(error, "ko")).toBe("Too expensive");
  expect(refusal({ path: "steps", message: "expected a value, got nothing", code: "missing" }, "en")).toBe("Expected a value, got nothing");
});
