/** Sliding-window maximum: the largest number of every window of k. A linear scan. */
import { z } from "zod";
import {
  defineFamily,
  type ConfluentSpace,
  type Fault,
  type Judgement,
  type Progress,
} from "./define.ts";
import { CommandJudge, fault, node, UNPARSABLE } from "./judging.ts";
import {
  parseInteger,
  parseIntegers,
  parseLeadingList,
  parseList,
  readCommands,
  type Statement,
} from "./language.ts";
import { stepByStep } from "./step-by-step.ts";

const schema = z
  .strictObject({
    numbers: z.array(z.number().int()).min(1).max(500).describe("the numbers"),
    width: z.number().int().positive().describe("numbers in a window"),
  })
  .refine(({ numbers, width }) => width <= numbers.length, {
    error: "the window is wider than the list",
    path: ["width"],
  });

export type SlidingWindow = z.infer<typeof schema>;

const maximum = ({ numbers, width }: SlidingWindow, left: number): number =>
  Math.max(...numbers.slice(left, left + width));

const windowsOf = ({ numbers, width }: SlidingWindow): number => numbers.length - width + 1;

function maximaOf(problem: SlidingWindow): number[] {
  return Array.from({ length: windowsOf(problem) }, (_, left) => maximum(problem, left));
}

/** A state is the number of windows checked. */
function spaceOf(problem: SlidingWindow): ConfluentSpace<number> {
  const windows = windowsOf(problem);
  return {
    confluent: true,
    start: 0,
    key: String,
    isGoal: (done) => done === windows,
    moves: (left) => {
      if (left === windows) return [];
      const text = `CHECK(${left},${left + problem.width})==${maximum(problem, left)}`;
      return [{ to: left + 1, text }];
    },
    returnTo: (done) => `BACKTRACK(${done})`,
    conclude: () => `END()==[${maximaOf(problem).join(", ")}]`,
  };
}

class WindowJudge extends CommandJudge {
  readonly #problem: SlidingWindow;
  readonly #windows: number;
  readonly #maxima: readonly number[];
  /** what the trace holds to be each window's maximum */
  readonly #claimed = new Map<number, number>();
  #last = -1;

  constructor(problem: SlidingWindow) {
    super();
    this.#problem = problem;
    this.#windows = windowsOf(problem);
    this.#maxima = maximaOf(problem);
  }

  get start() {
    return this.#node(0, false);
  }

  #node(done: number, goal: boolean) {
    const next = done < this.#windows ? [String(done + 1)] : [];
    return node(String(done), goal, () => next);
  }

  step({ verb, arguments: text, value }: Statement): Judgement {
    if (verb === "CHECK") return this.#check(text, value);
    if (verb === "END") return this.#end(parseLeadingList(value ?? text));
    return UNPARSABLE;
  }

  #check(text: string, value: string | null): Judgement {
    const [left, right] = parseIntegers(text, 2) ?? [];
    const claim = parseInteger(value);
    if (left === undefined || right === undefined) return UNPARSABLE;
    if (value !== null && claim === null) return UNPARSABLE;
    const { width, numbers } = this.#problem;
    if (left < 0 || right > numbers.length || right - left !== width) {
      this.sound = false;
      const message = `no window of ${width} among ${numbers.length} numbers`;
      return { kind: "evaluate", faults: [fault("boundary violation", message)] };
    }
    const faults: Fault[] = [];
    if (left > this.#last + 1)
      faults.push(...this.omission(`skips the window at ${this.#last + 1}`));
    const exact = this.#maxima[left] ?? 0;
    if (claim !== null && claim !== exact) {
      const isOld = left > 0 && claim === this.#maxima[left - 1];
      faults.push(
        isOld
          ? fault("state staleness", `${claim} has left the window; ${exact}`)
          : fault("execution error", `${exact}, not ${claim}`),
      );
    }
    if (faults.length > 0) this.sound = false;
    this.#claimed.set(left, claim ?? exact);
    this.#last = Math.max(this.#last, left);
    const done = this.sound && this.#claimed.size === this.#windows;
    return { kind: "visit", path: [this.#node(left + 1, done)], explores: String(left), faults };
  }

  #end(claim: readonly number[] | null): Judgement {
    if (!claim) return UNPARSABLE;
    const faults: Fault[] = [];
    this.answer = claim.join() === this.#maxima.join();
    if (this.#last < this.#windows - 1) {
      faults.push(...this.omission(`ends before the window at ${this.#last + 1}`));
    }
    const found = [...this.#claimed].toSorted(([a], [b]) => a - b).map(([, max]) => max);
    if (claim.join() !== found.join() && !this.elided) {
      faults.push(fault("unfaithful conclusion", `the steps found [${found.join(", ")}]`));
    }
    return { kind: "conclude", faults };
  }

  progress(): Progress {
    const [covered, required] = [this.#claimed.size, this.#windows];
    return { goals: this.sound && covered === required ? 1 : 0, allGoals: 1, covered, required };
  }
}

export const slidingWindow = defineFamily<SlidingWindow, number>({
  name: "sliding-window",
  description: "the maximum of every window of a list",
  source: "arXiv 2505.20296, appendix D.2",
  problem: schema,
  difficulty: { levels: 4, meaning: "lists of about 6, 10, 18 and 34 numbers" },
  labels: [
    "boundary violation",
    "procedure omission",
    "state revisitation",
    "infinite self-loop",
    "state staleness",
    "execution error",
    "unfaithful conclusion",
  ],
  rules: `Find the maximum of every window. Positions start at 0; a window goes from L to R, without R.
For every window from left to right write CHECK(L,R)==maximum; and at last END()==[all maxima];`,
  example: { numbers: [3, 1, 2, 5, 4], width: 3 },
  generate: (random, level) => ({
    numbers: Array.from({ length: 2 + 2 ** (level + 1) + random.int(3) }, () => random.int(50)),
    width: 2 + random.int(Math.min(level + 1, 4)),
  }),
  goalMode: () => "find-all",
  space: spaceOf,
  solve: (problem) => stepByStep(spaceOf(problem)),
  write: ({ numbers, width }) => `${width} of [${numbers.join(", ")}]`,
  read: (line) => {
    const [width = "", list = ""] = line.split(" of ");
    const parsed = schema.safeParse({ width: Number(width), numbers: parseList(list) });
    return parsed.success ? parsed.data : null;
  },
  statements: (text) => readCommands(text, ["CHECK", "END"]),
  judge: (problem) => new WindowJudge(problem),
});
