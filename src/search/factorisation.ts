/** Prime factorisation by trial division: from the smallest prime up, each as often as it divides. */
import { z } from "zod";
import {
  defineFamily,
  type ConfluentSpace,
  type Fault,
  type Judgement,
  type Node,
  type Progress,
} from "./define.ts";
import { CommandJudge, fault, node, UNPARSABLE } from "./judging.ts";
import {
  parseInteger,
  parseIntegers,
  parseLeadingList,
  readCommands,
  type Statement,
} from "./language.ts";
import { stepByStep } from "./step-by-step.ts";

const LARGEST = 10_000_000;

const schema = z.strictObject({
  number: z.number().int().min(2).max(LARGEST).describe("the number to factorise"),
});

export type Factorisation = z.infer<typeof schema>;

/** No number here has so many prime factors; a trace may go on claiming them for ever. */
const MOST_FACTORS = 64;

/** Every prime whose square is at most LARGEST. */
const PRIMES: readonly number[] = primesUpTo(Math.floor(Math.sqrt(LARGEST)));

function primesUpTo(most: number): number[] {
  const primes: number[] = [];
  for (let n = 2; n <= most; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  return primes;
}

/** ascending */
export function primeFactors(number: number): number[] {
  const factors: number[] = [];
  let rest = number;
  for (const p of PRIMES) {
    if (p * p > rest) break;
    for (; rest % p === 0; rest /= p) factors.push(p);
  }
  return rest > 1 ? [...factors, rest] : factors;
}

interface State {
  readonly rest: number;
  /** position in PRIMES of the next one to try */
  readonly next: number;
  readonly factors: readonly number[];
  /** whether the last attempt divided */
  readonly divided: boolean;
}

function spaceOf({ number }: Factorisation): ConfluentSpace<State> {
  return {
    confluent: true,
    start: { rest: number, next: 0, factors: [], divided: true },
    key: ({ rest, next }) => `${rest}:${next}`,
    isGoal: ({ rest, next }) => rest < (PRIMES[next] ?? Infinity) ** 2,
    remarks: ({ rest, divided }) => (divided ? [`STATE(${rest})`] : []),
    moves: ({ rest, next, factors }) => {
      const p = PRIMES[next];
      if (p === undefined || p * p > rest) return [];
      const divides = rest % p === 0;
      const to = divides
        ? { rest: rest / p, next, factors: [...factors, p], divided: true }
        : { rest, next: next + 1, factors, divided: false };
      return [{ to, text: `ATTEMPT(${rest},${p})==${divides ? "True" : "False"}` }];
    },
    returnTo: ({ rest }) => `STATE(${rest})`,
    conclude: ([found]) => {
      const { rest, factors } = found ?? { rest: number, factors: [] };
      return `END()==[${(rest > 1 ? [...factors, rest] : factors).join(", ")}]`;
    },
  };
}

class FactorJudge extends CommandJudge {
  readonly start: Node;
  readonly #number: number;
  /** what is left to factorise, as the trace believes, and what was left before */
  #rest: number;
  readonly #earlier = new Set<number>();
  readonly #factors: number[] = [];
  /** numbers that the trace believes not to divide the rest */
  readonly #failed = new Set<number>();
  #reached = false;
  /** primes up to here that were skipped are not reported again */
  #reported = 0;

  constructor({ number }: Factorisation) {
    super();
    this.#number = number;
    this.#rest = number;
    this.start = this.#node();
  }

  #node(): Node {
    const key = `${this.#rest}:${this.#failed.size}`;
    const next = this.#untried(Infinity) ?? null;
    const child =
      next !== null && this.#rest % next === 0
        ? `${this.#rest / next}:${this.#failed.size}`
        : `${this.#rest}:${this.#failed.size + 1}`;
    const goal = this.sound && next === null;
    this.#reached ||= goal;
    return node(key, goal, () => (next === null ? [] : [child]));
  }

  /** The smallest prime below `limit` that may divide the rest and was not tried. */
  #untried(limit: number): number | undefined {
    for (const p of PRIMES) {
      if (p >= limit || p * p > this.#rest) return undefined;
      if (!this.#failed.has(p)) return p;
    }
    return undefined;
  }

  step({ verb, arguments: text, value }: Statement): Judgement {
    if (verb === "END") return this.#end(parseLeadingList(value ?? text));
    if (verb === "STATE") return this.#state(parseInteger(text));
    const [rest, p] = parseIntegers(text, 2) ?? [];
    const claim = /^(true|false)\b/i.exec(value ?? "")?.[1]?.toLowerCase();
    if (verb !== "ATTEMPT" || rest === undefined || p === undefined) return UNPARSABLE;
    if (value !== null && claim === undefined) return UNPARSABLE;
    return this.#attempt(rest, p, claim === undefined ? null : claim === "true");
  }

  /** What is wrong with taking this number for the rest. */
  #wrongRest(rest: number): Fault[] {
    if (rest === this.#rest || this.elided) return [];
    if (this.#earlier.has(rest)) {
      return [fault("state staleness", `${rest} was divided already; ${this.#rest} is left`)];
    }
    return [fault("execution error", `${this.#rest} is left, not ${rest}`)];
  }

  #state(rest: number | null): Judgement {
    if (rest === null || rest < 1 || rest > LARGEST) return UNPARSABLE;
    const faults = this.#wrongRest(rest);
    this.#goOnWith(rest, faults);
    return { kind: "evaluate", explores: `state ${rest}`, faults };
  }

  #goOnWith(rest: number, faults: readonly Fault[]): void {
    if (faults.length > 0) this.sound = false;
    this.#rest = rest;
  }

  #attempt(rest: number, p: number, claim: boolean | null): Judgement {
    if (rest < 1 || rest > LARGEST || p < 2 || p > rest) {
      this.sound = false;
      const message = `${p} is no candidate for ${rest}`;
      return { kind: "evaluate", faults: [fault("boundary violation", message)] };
    }
    const faults = this.#wrongRest(rest);
    this.#goOnWith(rest, faults);
    const skipped = this.#untried(p);
    if (skipped !== undefined && skipped > this.#reported) {
      this.#reported = p - 1;
      faults.push(...this.omission(`skips ${skipped}, which may divide ${rest}`));
    }
    const divides = rest % p === 0;
    if (claim !== null && claim !== divides) {
      const message = divides ? `${rest} / ${p} = ${rest / p}` : `${p} does not divide ${rest}`;
      faults.push(fault("execution error", message));
    }
    if (faults.length > 0) this.sound = false;
    if (claim ?? divides) {
      if (this.#factors.length < MOST_FACTORS) this.#factors.push(p);
      this.#earlier.add(rest);
      this.#rest = divides ? rest / p : rest;
    } else this.#failed.add(p);
    return { kind: "visit", path: [this.#node()], explores: `${rest},${p}`, faults };
  }

  #end(claim: readonly number[] | null): Judgement {
    if (!claim) return UNPARSABLE;
    const name = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b).join(", ");
    this.answer = name(claim) === name(primeFactors(this.#number));
    const faults: Fault[] = [];
    const left = this.#untried(Infinity);
    if (left !== undefined && left > this.#reported) {
      faults.push(...this.omission(`ends before ${left} was tried on ${this.#rest}`));
    }
    const found = this.#rest > 1 ? [...this.#factors, this.#rest] : this.#factors;
    if (name(claim) !== name(found) && !this.elided) {
      faults.push(fault("unfaithful conclusion", `the steps found [${name(found)}]`));
    }
    return { kind: "conclude", faults };
  }

  progress(): Progress {
    const exact = primeFactors(this.#number);
    const pool = [...this.#factors, ...(this.#untried(Infinity) === undefined ? [this.#rest] : [])];
    const covered = exact.filter((p) => {
      const at = pool.indexOf(p);
      if (at >= 0) pool.splice(at, 1);
      return at >= 0;
    }).length;
    return { goals: this.#reached ? 1 : 0, allGoals: 1, covered, required: exact.length };
  }
}

export const factorisation = defineFamily<Factorisation, State>({
  name: "factorisation",
  description: "the prime factors of a number, by trial division",
  source: "arXiv 2505.20296, appendix D.7",
  problem: schema,
  difficulty: { levels: 4, meaning: "numbers to 100, 1,000, 10,000 and 100,000" },
  labels: [
    "boundary violation",
    "procedure omission",
    "state revisitation",
    "infinite self-loop",
    "state staleness",
    "execution error",
    "unfaithful conclusion",
  ],
  rules: `Find the prime factors of the number by trial division, from 2 upwards, each prime as often as it divides.
Write STATE(what is left); then ATTEMPT(what is left,prime)==True; or ATTEMPT(what is left,prime)==False; and after True the
new STATE. When the square of the next prime is larger than what is left, write END()==[all prime factors];`,
  example: { number: 84 },
  generate: (random, level) => ({ number: 10 ** level + random.int(9 * 10 ** level) }),
  goalMode: () => "find-one",
  space: spaceOf,
  solve: (problem) => stepByStep(spaceOf(problem)),
  write: ({ number }) => String(number),
  read: (line) => {
    const parsed = schema.safeParse({ number: /^\s*\d+\s*$/.test(line) ? Number(line) : null });
    return parsed.success ? parsed.data : null;
  },
  statements: (text) => readCommands(text, ["STATE", "ATTEMPT", "END"]),
  judge: (problem) => new FactorJudge(problem),
});
