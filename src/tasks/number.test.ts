/** Numbers in texts, exactly. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanNumber, equalRationals, numbersIn, parseRational } from "./number.ts";

test.each<[string, string[]]>([
  ["he pays $1,234.50.", ["1234.50"]],
  ["10-3 = 7", ["10", "3", "7"]],
  ["it is -3 degrees, or −4", ["-3", "-4"]],
  ["(5)-2", ["5", "2"]],
  ["1,2 and 1,2345", ["1", "2", "1", "2345"]],
  ["12,345,678", ["12345678"]],
  ["-$20", ["-20"]],
  [".5 and 3.", [".5", "3"]],
  ["none", []],
])("numbers in %j", (text, numbers) => {
  expect(numbersIn(text)).toEqual(numbers);
});

test.each([
  [" 1,000. ", "1000"],
  ["\\$5", "5"],
  ["50\\%", "50"],
  ["1{,}234", "1234"],
  ["1\\,234\\,567", "1234567"],
  ["−3", "-3"],
])("%j is %j", (text, clean) => {
  expect(cleanNumber(text)).toBe(clean);
});

const equal = (a: string, b: string) => {
  const [x, y] = [parseRational(a), parseRational(b)];
  return x !== null && y !== null && equalRationals(x, y);
};

describe("equality", () => {
  test.each([
    ["7", "7.000"],
    ["3.5", "7/2"],
    ["-0", "0"],
    ["025", "25"],
    ["142.0", "142"],
    [".5", "0.5"],
    ["2/4", "1/2"],
    ["$1,200", "1200"],
  ])("%s = %s", (a, b) => {
    expect(equal(a, b)).toBe(true);
  });

  test.each([
    ["9007199254740993", "9007199254740992"],
    ["0.1000000000000000000001", "0.1"],
    ["7", "-7"],
    ["1/3", "0.3333333333333333"],
  ])("%s ≠ %s", (a, b) => {
    expect(equal(a, b)).toBe(false);
  });

  test.each(["", ".", "-", "x", "1/0", "1,2", "12 34", "1e3", "0x10", "NaN"])(
    "%j is no number",
    (text) => {
      expect(parseRational(text)).toBeNull();
    },
  );

  test("of integers written with commas and zeros", () => {
    const law = fc.property(fc.bigInt(), (n) => {
      expect(equal(n.toLocaleString("en-US"), `${n}.00`)).toBe(true);
      expect(equal(`${n}`, `${n + 1n}`)).toBe(false);
    });
    fc.assert(law);
  });
});
