/** Suggestions for mistyped names. */
import { expect, test } from "vitest";
import { didYouMean, suggest } from "./suggest.ts";

const KNOWN = ["truth", "majority", "majority-fixed", "self-certainty", "random", "not"];

test.each([
  ["trut", "truth"],
  ["Truth", "truth"],
  ["randm", "random"],
  ["majorty", "majority"],
  ["self_certainty", "self-certainty"],
  ["self", "self-certainty"],
  ["nto", "not"],
  ["ntx", undefined],
  ["accuracy", undefined],
  ["", undefined],
])("%j suggests %j", (name, near) => {
  expect(suggest(name, KNOWN)).toBe(near);
});

test("the nearest wins, not the first", () => {
  expect(suggest("majority-fxed", KNOWN)).toBe("majority-fixed");
});

test("without a near name all are listed", () => {
  expect(didYouMean("accuracy", ["ab", "cd"])).toBe("Known: ab, cd.");
  expect(didYouMean("randm", KNOWN)).toBe('Did you mean "random"?');
});
