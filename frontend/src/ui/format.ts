/** How numbers, durations and times are written: 3 significant digits, thin spaces, a true minus sign. */

import { language as chosen } from "../messages/language";

const THIN = "\u202f"; // narrow, and never broken across lines
const MINUS = "\u2212";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** 4000 as `4 000`, with thin spaces. */
export function integer(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  const digits = String(Math.round(Math.abs(value)));
  const grouped = digits.length <= 3 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, THIN);
  return (value < 0 && digits !== "0" ? MINUS : "") + grouped;
}

/** Three significant digits (or `digits`), trailing zeros kept so that widths do not jump: `0.840`, `1 230`, `1.20×10⁻⁵`. */
export function number(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return special(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (size >= 1e6 || size < 0.9995e-3) return sign + scientific(size, digits);
  if (Number(size.toPrecision(digits)) >= 10 ** digits) return sign + integer(size);
  return sign + size.toPrecision(digits);
}

/** As `number`, without trailing zeros: for what a person typed or reads off a scale, `0.1`, `4 000`. */
export function short(value: number, digits = 3): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return integer(value);
  return number(value, digits).replace(/(\.\d*?)0+(?=×|$)/, "$1").replace(/\.(?=×|$)/, "");
}

/** With so many decimals: `0.50`, `12 500`, `−2`. */
export function fixed(value: number, decimals: number): string {
  const [whole, rest] = Math.abs(value).toFixed(decimals).split(".") as [string, string | undefined];
  return (value < 0 ? MINUS : "") + integer(Number(whole)) + (rest === undefined ? "" : `.${rest}`);
}

/** With its sign always: `+0.089`, `−0.012`. */
export function signed(value: number, digits = 3): string {
  return value > 0 ? `+${number(value, digits)}` : number(value, digits);
}

/** A share of 1: `0.842` as `84.2 %`. */
export function percent(share: number, decimals = 1): string {
  if (!Number.isFinite(share)) return special(share);
  const text = (Math.abs(share) * 100).toFixed(decimals);
  return (share < 0 && Number(text) !== 0 ? MINUS : "") + text + THIN + "%";
}

/** `0.8 s`, `12 s`, `1 min 20 s`, `2 h 5 min`, `3 d 4 h`; `1분 20초`. */
export function duration(seconds: number, language: string = chosen): string {
  if (!Number.isFinite(seconds)) return special(seconds);
  const span = (value: number | string, unit: keyof typeof UNITS): string => spanOf(value, unit, language);
  const spans = (large: number, unit: keyof typeof UNITS, small: number, smaller: keyof typeof UNITS): string =>
    small === 0 ? span(large, unit) : `${span(large, unit)} ${span(small, smaller)}`;
  if (seconds < 0.95) return span(seconds < 0.05 ? 0 : seconds.toFixed(1), "second");
  const whole = Math.round(seconds);
  if (whole < 60) return span(whole, "second");
  if (whole < 3600) return spans(Math.floor(whole / 60), "minute", whole % 60, "second");
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return spans(Math.floor(minutes / 60), "hour", minutes % 60, "minute");
  const hours = Math.round(minutes / 60);
  return spans(Math.floor(hours / 24), "day", hours % 24, "hour");
}

/** `now`, `12 minutes ago`, `yesterday`; both in seconds of Unix time. */
export function relative(then: number, now: number, language: string = chosen): string {
  const writer = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const age = Math.max(0, now - then);
  if (age < 60) return writer.format(0, "second"); // Counting seconds would move what nobody watches.
  if (age < 3600) return writer.format(-Math.round(age / 60), "minute");
  if (age < 86_400) return writer.format(-Math.round(age / 3600), "hour");
  if (age < 30 * 86_400) return writer.format(-Math.round(age / 86_400), "day");
  return clock(then, language);
}

/** An estimate: a second at least, and from two minutes on whole ones. */
export function roughly(seconds: number, language: string = chosen): string {
  return duration(seconds < 120 ? Math.max(1, seconds) : 60 * Math.round(seconds / 60), language);
}

/** A moment in full, in the reader's time zone: for titles and `datetime`. */
export function clock(time: number, language: string = chosen): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(time * 1000);
}

/** `11.6 MB`. */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  return `${short(count / 1000 ** power)}${THIN}${units[power]}`;
}

/** In English by the symbols of the SI; elsewhere as is usual there, which the browser knows. */
const UNITS = { second: "s", minute: "min", hour: "h", day: "d" };

function spanOf(value: number | string, unit: keyof typeof UNITS, language: string): string {
  if (language === "en") return `${value}${THIN}${UNITS[unit]}`;
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(Number(value));
}

function scientific(size: number, digits: number): string {
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e") as [string, string];
  const power = Number(exponent);
  const raised = [...String(Math.abs(power))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `${mantissa}×10${power < 0 ? "⁻" : ""}${raised}`;
}

/** `text` with a full stop, where it does not end a sentence yet. */
export function sentence(text: string): string {
  return text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
}

function special(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "∞" : `${MINUS}∞`;
}
