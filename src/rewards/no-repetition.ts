/** The no-repetition reward. */
import { z } from "zod";
import { defineReward } from "./define.ts";

/**
 * Whether some substring of `least` … `most` characters occurs `times` times in a row.
 *
 * A period L repeats so at i iff text[j] = text[j + L] for the R = L·(times − 1) positions j from i. Such a window is
 * searched from its far end, as Boyer and Moore do: a mismatch at j moves it past j, and what lies between j and the
 * old end is known to match. Each position is thus compared at most once a period before the search ends.
 */
export function repeats(text: string, least: number, most: number, times: number): boolean {
  const characters = Uint32Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const n = characters.length;
  for (let period = least; period <= most && period * times <= n; period++) {
    const run = period * (times - 1);
    let start = 0;
    let matchedTo = 0;
    while (start + run + period <= n) {
      const end = start + run;
      let j = end - 1;
      while (j >= matchedTo && characters[j] === characters[j + period]) j--;
      if (j < matchedTo) return true;
      matchedTo = end;
      start = j + 1;
    }
  }
  return false;
}

export const noRepetition = defineReward({
  name: "no-repetition",
  scope: "sample",
  description: "0 if a substring of 10 to 256 characters occurs 10 times in a row, else 1",
  source: "arXiv 2506.10947, no repetition (`repetition_detection.py`)",
  params: z.strictObject({}),
  score: ({ rollout }) => ({ value: repeats(rollout.text, 10, 256, 10) ? 0 : 1 }),
});
