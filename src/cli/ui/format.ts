/** Numbers as people read them. Shares and gains come in as fractions and go out as percent and points. */

/** U+2212: a minus sign as wide as the plus sign, so that columns of gains align. */
const MINUS = "−";

function fixed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** `0.6234` → `62.3%`; null, where nothing was counted, → `–`. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? "–" : `${fixed(share * 100, 1)}%`;
}

/** A difference of two shares: `0.123` → `+12.3`. */
export function signedPoints(difference: number): string {
  const text = fixed(difference * 100, 1);
  return text.startsWith(MINUS) ? text : `+${text}`;
}

/** `[0.081, 0.164]` → `[8.1, 16.4]`, in points. */
export function intervalPoints([low, high]: readonly [number, number]): string {
  return `[${fixed(low * 100, 1)}, ${fixed(high * 100, 1)}]`;
}

/** A gain with its interval: `+12.3 points [8.1, 16.4]`. */
export function gain(difference: number, ci: readonly [number, number]): string {
  return `${signedPoints(difference)} points ${intervalPoints(ci)}`;
}

/** A number with `digits` significant digits; not finite or absent → `–`. */
export function decimal(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(digits - 1).replaceAll("-", MINUS);
  return fixed(value, Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
}

/** `18342` → `18.3k`. */
export function count(value: number): string {
  if (value < 1e3) return String(Math.round(value));
  if (value < 1e6) return `${(value / 1e3).toFixed(value < 1e4 ? 2 : 1)}k`;
  if (value < 1e9) return `${(value / 1e6).toFixed(1)}M`;
  return `${(value / 1e9).toFixed(1)}G`;
}

/** Seconds as `4.2 s`, `38 s`, `2 min 05 s` or `1 h 12 min`; unknown → `–`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  const left = Math.max(0, seconds);
  if (left < 9.95) return `${left.toFixed(1)} s`;
  const whole = Math.round(left);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(left / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** One noun with its number: `1 run`, `3 runs`. */
export function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
