/** Counting elements: how often a character stands in a text. A linear scan. */
import { z } from "zod";
import {
  defineFamily,
  type ConfluentSpace,
  type Fault,
  type Judgement,
  type Progress,
} from "./define.ts";
import { CommandJudge, fault, node, UNPARSABLE } from "./judging.ts";
import { parseInteger, parseIntegers, readCommands, type Statement } from "./language.ts";
import { stepByStep } from "./step-by-step.ts";

const schema = z.strictObject({
  text: z.string().min(1).max(2000).describe("the text to search"),
  target: z.string().length(1).describe("the character to count"),
});

export type Counting = z.infer<typeof schema>;

const ALPHABET = "abcdefgh ";

/** Positions of the target, ascending. */
function hitsOf({ text, target }: Counting): number[] {
  return [...Array(text.length).keys()].filter((i) => text[i] === target);
}

/** A state is the number of hits found. */
function spaceOf(problem: Counting): ConfluentSpace<number> {
  const hits = hitsOf(problem);
  return {
    confluent: true,
    start: 0,
    key: String,
    isGoal: (found) => found === hits.length,
    moves: (found) => {
      const hit = hits[found];
      return hit === undefined ? [] : [{ to: found + 1, text: `CHECK(${hit})==${found + 1}` }];
    },
    returnTo: (found) => `BACKTRACK(${found})`,
    conclude: () => `END()==${hits.length}`,
  };
}

class CountingJudge extends CommandJudge {
  readonly #problem: Counting;
  readonly #hits: readonly number[];
  readonly #found = new Set<number>();
  /** the last position checked, and the count that the trace believes in there */
  #position = -1;
  #count = 0;

  constructor(problem: Counting) {
    super();
    this.#problem = problem;
    this.#hits = hitsOf(problem);
  }

  get start() {
    return this.#node(0, this.#hits.length === 0);
  }

  #node(found: number, goal: boolean) {
    const next = found < this.#hits.length ? [String(found + 1)] : [];
    return node(String(found), goal, () => next);
  }

  step({ verb, arguments: text, value }: Statement): Judgement {
    if (verb === "CHECK") return this.#check(text, value);
    if (verb === "END") return this.#end(parseInteger(value));
    return UNPARSABLE;
  }

  #check(text: string, value: string | null): Judgement {
    const [at] = parseIntegers(text, 1) ?? [];
    const claim = parseInteger(value);
    if (at === undefined || (value !== null && claim === null)) return UNPARSABLE;
    const { length } = this.#problem.text;
    if (at < 0 || at >= length) {
      this.sound = false;
      // The trace counts what it believes to see there.
      this.#count = claim ?? this.#count;
      const message = `the text has positions 0 to ${length - 1}`;
      return { kind: "evaluate", faults: [fault("boundary violation", message)] };
    }
    const isHit = this.#problem.text[at] === this.#problem.target;
    const skipped = this.#hits.find((hit) => hit > this.#position && hit < at);
    const faults: Fault[] = [
      ...(skipped === undefined ? [] : this.omission(`skips the one at ${skipped}`)),
      ...this.#wrongCount(at, isHit, claim),
    ];
    if (faults.length > 0) this.sound = false;
    if (at > this.#position) {
      this.#position = at;
      this.#count = claim ?? this.#count + (isHit ? 1 : 0);
    }
    const explores = String(at);
    if (!isHit) return { kind: "evaluate", explores, faults };
    this.#found.add(at);
    const done = this.sound && this.#found.size === this.#hits.length;
    const path = [this.#node(this.#hits.indexOf(at) + 1, done)];
    return { kind: "visit", path, explores, faults };
  }

  #wrongCount(at: number, isHit: boolean, claim: number | null): Fault[] {
    const exact = this.#hits.filter((hit) => hit <= at).length;
    const expected = at > this.#position ? this.#count + (isHit ? 1 : 0) : exact;
    if (claim === null || claim === exact || claim === expected) return [];
    if (this.#count > 0 && claim === expected - 1) {
      return [fault("state staleness", `${claim} leaves out what the last step found`)];
    }
    return [fault("execution error", `${expected}, not ${claim}`)];
  }

  #end(claim: number | null): Judgement {
    if (claim === null) return UNPARSABLE;
    this.answer = claim === this.#hits.length;
    const faults: Fault[] = [];
    const next = this.#hits.find((hit) => hit > this.#position);
    if (next !== undefined) faults.push(...this.omission(`ends before the one at ${next}`));
    if (claim !== this.#count && !this.elided) {
      faults.push(fault("unfaithful conclusion", `the steps counted ${this.#count}, not ${claim}`));
    }
    return { kind: "conclude", faults };
  }

  progress(): Progress {
    const [covered, required] = [this.#found.size, this.#hits.length];
    return { goals: this.sound && covered === required ? 1 : 0, allGoals: 1, covered, required };
  }
}

export const counting = defineFamily<Counting, number>({
  name: "counting",
  description: "count how often a character stands in a text",
  source: "arXiv 2505.20296, appendix D.1",
  problem: schema,
  difficulty: { levels: 4, meaning: "texts of about 10, 20, 40 and 80 characters" },
  labels: [
    "boundary violation",
    "procedure omission",
    "state revisitation",
    "infinite self-loop",
    "state staleness",
    "execution error",
    "unfaithful conclusion",
  ],
  rules: `Count how often the character stands in the text. Positions start at 0.
For every position where it stands write CHECK(position)==count so far; and at last END()==count;`,
  example: { text: "abcabba", target: "b" },
  generate: (random, level) => {
    const length = 5 * 2 ** level + random.int(4);
    const text = Array.from({ length }, () => random.pick(Array.from(ALPHABET))).join("");
    return { text, target: random.pick(Array.from(ALPHABET.trim())) };
  },
  goalMode: () => "find-all",
  space: spaceOf,
  solve: (problem) => stepByStep(spaceOf(problem)),
  write: ({ text, target }) => `${JSON.stringify(target)} in ${JSON.stringify(text)}`,
  read: (line) => {
    const match = /^("(?:[^"\\]|\\.)+") in (".*")\s*$/.exec(line.slice(0, 5000));
    if (!match) return null;
    const parsed = schema.safeParse({ target: unquoted(match[1]), text: unquoted(match[2]) });
    return parsed.success ? parsed.data : null;
  },
  statements: (text) => readCommands(text, ["CHECK", "END"]),
  judge: (problem) => new CountingJudge(problem),
});

/** undefined where it is no JSON string */
function unquoted(text = ""): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
