/** Repetition against a direct search. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { repeats } from "./no-repetition.ts";
import { valuesOf } from "./testing/group.ts";

/** The definition, word by word. */
function slow(text: string, least: number, most: number, times: number): boolean {
  const characters = Array.from(text);
  for (let at = 0; at < characters.length; at++) {
    for (let length = least; length <= most; length++) {
      const unit = characters.slice(at, at + length);
      if (unit.length < length) break;
      const all = Array<string>(times).fill(unit.join("")).join("");
      if (characters.slice(at, at + length * times).join("") === all) return true;
    }
  }
  return false;
}

const noisy = fc
  .array(fc.constantFrom("a", "b", "🎲"), { maxLength: 40 })
  .map((all) => all.join(""));
const repeating = fc
  .tuple(noisy, noisy, fc.integer({ min: 1, max: 5 }), noisy)
  .map(([before, unit, times, after]) => before + unit.repeat(times) + after);

test("finds what the definition finds", () => {
  const least = fc.integer({ min: 1, max: 4 });
  const more = fc.integer({ min: 0, max: 4 });
  const times = fc.integer({ min: 2, max: 4 });
  const same = fc.property(fc.oneof(noisy, repeating), least, more, times, (text, from, by, n) => {
    expect(repeats(text, from, from + by, n)).toBe(slow(text, from, from + by, n));
  });
  fc.assert(same, { numRuns: 500 });
});

describe("the reward", () => {
  const unit = (length: number) =>
    Array.from({ length }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
  const cases: readonly [string, string, number][] = [
    ["empty", "", 1],
    ["ten characters nine times", unit(10).repeat(9), 1],
    ["ten characters ten times", unit(10).repeat(10), 0],
    ["in the middle of a text", `start ${unit(10).repeat(10)} end`, 0],
    ["with a fault in one copy", `${unit(10).repeat(6)}!${unit(10).repeat(9)}`, 1],
    ["nine characters nine times: no ten copies of ten or more", unit(9).repeat(9), 1],
    ["five characters twenty times are ten characters ten times", unit(5).repeat(20), 0],
    ["one character a hundred times", "a".repeat(100), 0],
    ["one character 99 times", "a".repeat(99), 1],
    ["256 characters ten times", unit(256).repeat(10), 0],
    ["257 characters ten times", unit(257).repeat(10), 1],
    ["characters outside the basic plane count once", "🎲".repeat(99), 1],
  ];
  test.each(cases)("%s", async (_, text, value) => {
    expect(await valuesOf("no-repetition", [text])).toEqual([value]);
  });
});
