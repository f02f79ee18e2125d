import { describe, expect, it } from "vitest";
import { differenceOf, intervalOverProblems, meanEstimate, shareEstimate } from "./estimates.ts";

describe("intervals", () => {
  it("of shares are Wilson's, and of differences Newcombe's", () => {
    // Newcombe (1998), table II, method 10: 56/70 − 48/80, 9/10 − 3/10 and 10/10 − 0/20.
    const share = (hits: number, n: number) => {
      const found = shareEstimate(Array.from({ length: n }, (_, i) => i < hits));
      if (found === null) throw new RangeError("no problems");
      return found;
    };
    const rounded = ([low, high]: readonly [number, number]) => [low.toFixed(4), high.toFixed(4)];
    expect(rounded(share(81, 263).ci)).toEqual(["0.2553", "0.3662"]);
    expect(rounded(share(0, 20).ci)).toEqual(["0.0000", "0.1611"]);
    expect(rounded(differenceOf(share(56, 70), share(48, 80)).ci)).toEqual(["0.0524", "0.3339"]);
    expect(rounded(differenceOf(share(9, 10), share(3, 10)).ci)).toEqual(["0.1705", "0.8090"]);
    expect(rounded(differenceOf(share(10, 10), share(0, 20)).ci)).toEqual(["0.6791", "1.0000"]);
  });

  it("of shares of samples are those of as many hits, and never narrower than their spread", () => {
    // Two problems half solved and two fully: as 3 of 4; their own standard error is 0.14.
    const hits = shareEstimate([true, true, true, false]);
    expect(shareEstimate([0.5, 0.5, 1, 1])).toEqual(hits);
    expect((hits?.ci[1] ?? 0) - (hits?.ci[0] ?? 0)).toBeGreaterThan(2 * 1.96 * 0.14);
    for (const wrong of [1.01, -0.01, Number.NaN]) {
      expect(() => shareEstimate([0, wrong])).toThrow(/share must lie in \[0, 1\]/);
    }
  });

  it("over problems never close to a point where problems are few", () => {
    const drawn: [number, number] = [0.1, 0.2];
    const of = (...values: number[]) => intervalOverProblems(values, () => drawn);
    expect(of(...Array<number>(30).fill(0))).toEqual(
      shareEstimate(Array<boolean>(30).fill(false))?.ci,
    );
    expect(of(1, 0, 1)).toEqual(shareEstimate([true, false, true])?.ci);
    expect(of(1)).toEqual(shareEstimate([true])?.ci);
    expect(of(0.5, 0.5)).toEqual(shareEstimate([true, false])?.ci);
    expect(of(0.5, 0.25)).toEqual(drawn);
    // Of one problem, or of no share, nothing is known.
    for (const unknown of [[], [0.5], [3, 3]]) expect(of(...unknown)).toBeNull();
  });

  it("of means stay between 0 and 1, and nothing has none", () => {
    expect(meanEstimate([0, 0, 0, 1])?.ci).toEqual([0, 1]);
    expect(meanEstimate([0.5])).toBeNull();
    expect(shareEstimate([])).toBeNull();
  });
});
