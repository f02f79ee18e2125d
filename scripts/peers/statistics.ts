/** Our statistics and analyses against SciPy: `npx tsx scripts/peers/statistics.ts --venv DIR`. */
import { z } from "zod";
import { clippingMu } from "../../src/analysis/index.ts";
import { stream } from "../../src/random.ts";
import {
  crossedDifference,
  holm,
  labelPermutationTest,
  mannWhitney,
  normalCdf,
  normalQuantile,
  pairedBootstrap,
  pairedT,
  pEquivalent,
  percentileInterval,
  replicateMean,
  resample,
  signFlipTest,
  studentCdf,
  studentQuantile,
  tTestPower,
} from "../../src/statistics/index.ts";
import { newTally, runPython } from "./support.ts";

const random = stream(2, "test", 1);
const normals = (n: number, shift = 0) => Array.from({ length: n }, () => random.normal() + shift);

const points = [-9, -3.3, -1, -0.1, 0, 0.7, 2.5, 6];
const degrees = [1, 2.5, 7, 40.3, 300];
const probabilities = [1e-8, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999];
const shifts = [0, 0.5, 2.8, 5];

const samples = [
  { a: normals(4, 1), b: normals(5) },
  { a: normals(7, 0.4), b: normals(7) },
  { a: [1, 1, 2, 2, 3, 5], b: [1, 2, 2, 4, 4] },
  { a: normals(40, 0.3), b: normals(55) },
];
const differences = [normals(6, 0.5), normals(11, 0.2), normals(300, 0.1)];
const families = [
  [0.01, 0.04, 0.03, 0.005],
  [0.5],
  Array.from({ length: 9 }, () => random.uniform() / 4),
];
/** [S][Q], seeds that differ and problems that all behave alike in every seed: Welch's test over seeds */
const welch = { a: [0.5, 0.61, 0.9, 0.42], b: [0.4, 0.33, 0.35] };
/** one table of right answers, for the bootstrap over problems */
const answers = Array.from({ length: 400 }, () => Number(random.uniform() < 0.37));
const mus = [0.001, 0.3, 0.5, 0.7].flatMap((gamma) =>
  [4, 8, 16].flatMap((group) => ([0, 1] as const).map((ddof) => ({ gamma, group, ddof }))),
);

const list = z.array(z.number());
const answerSchema = z.object({
  normalCdf: list,
  normalQuantile: list,
  studentCdf: z.array(list),
  studentQuantile: z.array(list),
  power: z.array(list),
  mannWhitney: z.array(z.object({ u: z.number(), p: z.number() })),
  permutation: list,
  signFlip: list,
  pairedT: z.array(z.object({ p: z.number(), ci: list })),
  equivalence: list,
  bootstrap: z.array(list),
  holm: z.array(list),
  welch: z.object({ p: z.number(), df: z.number(), ci: list }),
  answers: list,
  mu: list,
});

const theirs = answerSchema.parse(
  JSON.parse(
    await runPython(
      "scipy_statistics.py",
      [],
      JSON.stringify({
        points,
        degrees,
        probabilities,
        shifts,
        samples,
        differences,
        families,
        welch,
        answers,
        mus,
      }),
    ),
  ),
);

const tally = newTally();

/** Compares relatively, or absolutely where the value is below 1. */
function agree(own: readonly number[], other: readonly number[], tolerance: number): string {
  if (own.length !== other.length) throw new Error(`${own.length} numbers against ${other.length}`);
  const distance = Math.max(
    ...own.map((value, i) => {
      const expected = other[i] ?? NaN;
      return Math.abs(value - expected) / Math.max(1, Math.abs(expected));
    }),
  );
  if (!(distance <= tolerance)) throw new Error(`differs by ${distance.toExponential(1)}`);
  return `${own.length} values within ${distance.toExponential(1)}`;
}

await tally.check("normal distribution function", () =>
  agree(points.map(normalCdf), theirs.normalCdf, 1e-12),
);
await tally.check("its lower tail, relatively", () =>
  agree(
    points.slice(0, 3).map((point, i) => normalCdf(point) / (theirs.normalCdf[i] ?? NaN)),
    [1, 1, 1],
    1e-10,
  ),
);
await tally.check("normal quantiles", () =>
  agree(probabilities.map(normalQuantile), theirs.normalQuantile, 1e-10),
);
await tally.check("Student's distribution function", () =>
  agree(
    degrees.flatMap((df) => points.map((t) => studentCdf(t, df))),
    theirs.studentCdf.flat(),
    1e-12,
  ),
);
await tally.check("Student's quantiles", () =>
  agree(
    degrees.flatMap((df) => probabilities.map((p) => studentQuantile(p, df))),
    theirs.studentQuantile.flat(),
    1e-9,
  ),
);
await tally.check("power of the t-test (noncentral t)", () =>
  agree(
    degrees.flatMap((df) =>
      shifts.map((shift) => tTestPower(shift, df, studentQuantile(0.975, df))),
    ),
    theirs.power.flat(),
    1e-6,
  ),
);
await tally.check("Mann-Whitney, U and p, with ties", () =>
  agree(
    samples.flatMap(({ a, b }) => {
      const { u, p } = mannWhitney(a, b);
      return [u, p];
    }),
    theirs.mannWhitney.flatMap(({ u, p }) => [u, p]),
    1e-10,
  ),
);
await tally.check("permutation test, exact", () =>
  agree(
    samples.slice(0, 3).map(({ a, b }) => labelPermutationTest(a, b).p),
    theirs.permutation.slice(0, 3),
    1e-12,
  ),
);
await tally.check("permutation test, drawn", () =>
  agree(
    samples.slice(3).map(({ a, b }) => labelPermutationTest(a, b).p),
    theirs.permutation.slice(3),
    0.015,
  ),
);
await tally.check("sign flips, exact and drawn", () =>
  agree(
    differences.map((each) => signFlipTest(each).p),
    theirs.signFlip,
    0.015,
  ),
);
await tally.check("paired t-test and interval", () =>
  agree(
    differences.flatMap((each) => {
      const { p, ci } = pairedT(each);
      return [p, ...ci];
    }),
    theirs.pairedT.flatMap(({ p, ci }) => [p, ...ci]),
    1e-10,
  ),
);
await tally.check("two one-sided tests, margin 0.5", () =>
  agree(
    differences.map((each) => pEquivalent(pairedT(each), 0.5)),
    theirs.equivalence,
    1e-10,
  ),
);
await tally.check("percentile bootstrap of a mean", () =>
  agree([...pairedBootstrap(differences[2] ?? []).ci], theirs.bootstrap[2] ?? [], 0.01),
);
await tally.check("Holm's adjustment", () =>
  agree(families.flatMap(holm), theirs.holm.flat(), 1e-12),
);
await tally.check("crossed difference where problems are alike: Welch's test", () => {
  const repeat = (value: number) => new Float64Array(1000).fill(value);
  const own = crossedDifference(welch.a.map(repeat), welch.b.map(repeat));
  return agree(
    [own.p, own.df, ...own.ci],
    [theirs.welch.p, theirs.welch.df, ...theirs.welch.ci],
    1e-9,
  );
});
await tally.check("the hierarchical bootstrap over problems, one seed", () => {
  const table = { values_SQ: [Float64Array.from(answers)] };
  const { draws_R } = replicateMean(table, resample(answers.length));
  return agree(percentileInterval(draws_R), theirs.answers, 0.005);
});
await tally.check("exact μ of the clipping bias", () =>
  agree(
    mus.map(({ gamma, group, ddof }) => clippingMu(gamma, group, ddof)),
    theirs.mu,
    1e-12,
  ),
);
tally.end();
