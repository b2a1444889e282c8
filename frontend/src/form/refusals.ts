/** The server's complaint about a field in the page's language: its code says what was wrong, our own words say it. */

import type { FieldError } from "../api/http";
import { t } from "../messages";
import { language } from "../messages/language";
import type { Params } from "../messages/fill";
import { said } from "../messages/said";

/** `form.error.<word>` for the codes of `server/plain_words.py`. */
const WORDS: Record<string, string> = {
  missing: "missing",
  int_type: "integer",
  int_parsing: "integer",
  int_from_float: "integer",
  int_parsing_size: "integer",
  float_type: "number",
  float_parsing: "number",
  finite_number: "number",
  bool_type: "boolean",
  bool_parsing: "boolean",
  string_type: "text",
  tuple_type: "list",
  list_type: "list",
  dict_type: "object",
  model_type: "object",
  model_attributes_type: "object",
  union_tag_not_found: "choice",
  union_tag_invalid: "choice",
  literal_error: "choice",
  extra_forbidden: "unknown",
  greater_than_equal: "minimum",
  greater_than: "above",
  less_than_equal: "maximum",
  less_than: "below",
  too_short: "few",
  too_long: "many",
  string_too_short: "empty",
  string_too_long: "long",
};

/** English as the server says it; otherwise by code, and what no code is known for in English too. */
export function refusal(error: FieldError, spoken: string = language): string {
  const word = WORDS[error.code];
  if (spoken === "en" || word === undefined) return capital(said(error.message));
  const text = t(`form.error.${word}`, paramsOf(error));
  const got = String(error.got ?? "");
  // What came is written as a value, `12` or `'abc'`, or described in English, as `a list`.
  return word !== "long" && /^(?:['\d-]|true|false|null)/.test(got) ? t("form.error.got", { text, got }) : text;
}

function paramsOf({ path, expected, got }: FieldError): Params {
  const [limit] = /-?\d[\d,.]*(?:e[+-]?\d+)?/.exec(String(expected ?? "")) ?? [];
  return {
    name: path.slice(path.lastIndexOf(".") + 1),
    got: String(got ?? ""),
    ...(limit === undefined ? {} : { limit: Number(limit.replaceAll(",", "")) }),
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
