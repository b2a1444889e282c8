/** The one way to ask the server: JSON in, JSON or bytes out, problem+json as a `Problem`. */

import { said } from "../messages/said";
import { source } from "./source";

export interface FieldError {
  /** Dotted, e.g. `arms.1.norm.groups`. */
  path: string;
  message: string;
  code: string;
  expected?: unknown;
  got?: unknown;
}

/** What the server refused, or that it could not be reached (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly errors: FieldError[];

  constructor(status: number, title: string, detail: string, type = "about:blank", errors: FieldError[] = []) {
    super(detail || title);
    this.name = "Problem";
    this.status = status;
    this.type = type;
    this.title = title;
    this.errors = errors;
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

const NOT_FINITE = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);
/** Fields that hold words, or lists of them: a run or an arm may be called "NaN". */
const WORDS = new Set(["name", "message", "detail", "title", "error", "arms"]);

/** JSON as the server writes it: numbers that JSON cannot say come as strings. */
export function parse<T>(text: string): T {
  const value: unknown = JSON.parse(text);
  return (/"(?:NaN|-?Infinity)"/.test(text) ? withNumbers(value, false) : value) as T;
}

/** `value` with those strings as numbers; `words`: what stands here is meant as it is written. */
function withNumbers(value: unknown, words: boolean): unknown {
  if (typeof value === "string") return words ? value : (NOT_FINITE.get(value) ?? value);
  if (Array.isArray(value)) return value.map((each) => withNumbers(each, words));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withNumbers(each, WORDS.has(key))]));
}

/**
 * The answer to `method path`, already checked.
 *
 * @throws Problem what the server said, or status 0 where it does not answer
 */
export async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await source.answer({ method, path, body, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, "unreachable", error instanceof Error ? error.message : String(error));
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** The JSON answer to `method path`. */
export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(method, path, body, signal);
  const text = await response.text();
  return text === "" ? (undefined as T) : parse<T>(text);
}

/** The bytes at `path`. */
export async function bytes(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await send("GET", path, undefined, signal);
  return new Uint8Array(await response.arrayBuffer());
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  // A proxy in front may answer a dead server with 502 to 504 and a page of its own.
  if (response.status >= 502 && response.status <= 504) return new Problem(0, "unreachable", response.statusText);
  if (!(response.headers.get("content-type") ?? "").includes("json")) {
    return new Problem(response.status, response.statusText, text);
  }
  const body = parse<{ type?: string; title?: string; detail?: unknown; errors?: FieldError[] }>(text);
  const detail = typeof body.detail === "string" ? said(body.detail) : "";
  return new Problem(response.status, body.title ?? response.statusText, detail, body.type, body.errors ?? []);
}
