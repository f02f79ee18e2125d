/** Distribution functions: normal, Student's t and the power of a t-test. Checked against SciPy in `scripts/peers`. */

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** log Γ(x) for x > 0 (Lanczos, g = 7, nine terms). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const t = z + 7.5;
  const sum = LANCZOS.reduce((total, c, i) => total + c / (z + i + 1), 0.9999999999998099);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

const TINY = 1e-300;

/** I_x(a, b), the regularised incomplete beta function, by its continued fraction (Lentz's algorithm). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const logFront =
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return (Math.exp(logFront) * fraction) / a;
}

const nonZero = (x: number) => (Math.abs(x) < TINY ? TINY : x);

const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Φ(z), to full precision also in the tails. */
export function normalCdf(z: number): number {
  if (z > 0) return 1 - normalCdf(-z);
  if (z < -3) return lowerTail(z);
  let term = z;
  let sum = z;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + density(z) * sum;
}

/** Φ(z) = φ(z) / (x + 1/(x + 2/(x + 3/…))), x = −z (Laplace). */
function lowerTail(z: number): number {
  const x = -z;
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / fraction;
  return density(z) / fraction;
}

/** P(T ≤ t) with `df` degrees of freedom, which need not be whole. */
export function studentCdf(t: number, df: number): number {
  if (df === Infinity) return normalCdf(t);
  const tail = incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** Two-sided p-value of a t statistic. */
export function studentTwoSided(t: number, df: number): number {
  return 2 * studentCdf(-Math.abs(t), df);
}

/** The standard normal value below which a share p ∈ (0, 1) lies. */
export const normalQuantile = (p: number) => quantileOf(normalCdf, p);

/** Student's t with `df` degrees of freedom below which a share p ∈ (0, 1) lies. */
export const studentQuantile = (p: number, df: number) => quantileOf((t) => studentCdf(t, df), p);

/** Inverts the distribution function of a law that is symmetric around 0, by bisection. */
function quantileOf(cdf: (x: number) => number, p: number): number {
  if (p === 0.5) return 0;
  // In the lower tail a probability keeps its digits.
  if (p > 0.5) return -quantileOf(cdf, 1 - p);
  let low = -1;
  while (cdf(low) > p) low *= 2;
  let high = 0;
  for (let i = 0; i < 200 && high - low > 1e-14 * Math.abs(low); i++) {
    const middle = (low + high) / 2;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Intervals of Simpson's rule; even. */
const PANELS = 4000;

/**
 * The chance that a t-test rejects, for a true effect of `shift` standard errors:
 * E[Φ(shift − c·s)] over s = √(χ²_df/df), plus the other tail where the test is two-sided.
 *
 * @param critical c, the t value from which the test rejects
 */
export function tTestPower(shift: number, df: number, critical: number, twoSided = true): number {
  const half = df / 2;
  const logScale = Math.LN2 + half * Math.log(half) - logGamma(half);
  const weight = (s: number) =>
    s === 0
      ? df === 1
        ? Math.exp(logScale)
        : 0
      : Math.exp(logScale + (df - 1) * Math.log(s) - half * s * s);
  const reject = (s: number) =>
    normalCdf(shift - critical * s) + (twoSided ? normalCdf(-shift - critical * s) : 0);
  // Beyond 12 standard deviations of s, which is about 1/√(2·df), nothing is left.
  const most = 1 + 12 / Math.sqrt(2 * df);
  const least = Math.max(0, 1 - 12 / Math.sqrt(2 * df));
  const step = (most - least) / PANELS;
  let sum = 0;
  for (let i = 0; i <= PANELS; i++) {
    const s = least + i * step;
    const simpson = i === 0 || i === PANELS ? 1 : i % 2 === 1 ? 4 : 2;
    sum += simpson * weight(s) * reject(s);
  }
  // Rounding may carry a certain rejection above 1.
  return Math.min(1, (sum * step) / 3);
}
