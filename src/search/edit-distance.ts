/** Edit distance of two words by dynamic programming, a table cell a step. */
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

const word = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[a-z]+$/);

const schema = z.strictObject({
  from: word.describe("the first word, small letters"),
  to: word.describe("the second word, small letters"),
});

export type EditDistance = z.infer<typeof schema>;

type Table = (i: number, j: number) => number;

/** Levenshtein's recurrence at a cell, from the values of its neighbours. */
function recurrence(
  { from, to }: EditDistance,
  i: number,
  j: number,
  up: number,
  left: number,
  diagonal: number,
) {
  const cost = from[i - 1] === to[j - 1] ? 0 : 1;
  return Math.min(up + 1, left + 1, diagonal + cost);
}

/** The exact table, row 0 and column 0 included. */
function exactTable(problem: EditDistance): Table {
  const columns = problem.to.length + 1;
  const cells = new Int32Array((problem.from.length + 1) * columns);
  const at: Table = (i, j) => cells[i * columns + j] ?? 0;
  for (let i = 0; i <= problem.from.length; i++) {
    for (let j = 0; j < columns; j++) {
      const border = i === 0 || j === 0;
      cells[i * columns + j] = border
        ? i + j
        : recurrence(problem, i, j, at(i - 1, j), at(i, j - 1), at(i - 1, j - 1));
    }
  }
  return at;
}

/** A state is the number of cells filled, row by row. */
function spaceOf(problem: EditDistance): ConfluentSpace<number> {
  const { length: rows } = problem.from;
  const { length: columns } = problem.to;
  const table = exactTable(problem);
  return {
    confluent: true,
    start: 0,
    key: String,
    isGoal: (filled) => filled === rows * columns,
    moves: (filled) => {
      if (filled === rows * columns) return [];
      const [i, j] = [1 + Math.floor(filled / columns), 1 + (filled % columns)];
      return [{ to: filled + 1, text: `CELL(${i},${j})==${table(i, j)}` }];
    },
    returnTo: (filled) => `BACKTRACK(${filled})`,
    conclude: () => `END()==${table(rows, columns)}`,
  };
}

class EditJudge extends CommandJudge {
  readonly #problem: EditDistance;
  readonly #exact: Table;
  /** cells as the trace believes them, by `i,j` */
  readonly #cells = new Map<string, number>();
  readonly start = node("0", false, () => ["1"]);

  constructor(problem: EditDistance) {
    super();
    this.#problem = problem;
    this.#exact = exactTable(problem);
  }

  get #rows(): number {
    return this.#problem.from.length;
  }

  get #columns(): number {
    return this.#problem.to.length;
  }

  step({ verb, arguments: text, value }: Statement): Judgement {
    if (verb === "CELL") return this.#cell(text, value);
    if (verb === "END") return this.#end(parseInteger(value));
    return UNPARSABLE;
  }

  /** What the trace holds for a cell; row 0 and column 0 are given. */
  #held(i: number, j: number): number | undefined {
    return i === 0 || j === 0 ? i + j : this.#cells.get(`${i},${j}`);
  }

  #cell(text: string, value: string | null): Judgement {
    const [i, j] = parseIntegers(text, 2) ?? [];
    const claim = parseInteger(value);
    if (i === undefined || j === undefined || claim === null) return UNPARSABLE;
    if (i < 0 || j < 0 || i > this.#rows || j > this.#columns) {
      this.sound = false;
      const message = `the table has rows to ${this.#rows} and columns to ${this.#columns}`;
      return { kind: "evaluate", faults: [fault("boundary violation", message)] };
    }
    const explores = `${i},${j}`;
    if (i === 0 || j === 0) {
      const faults = claim === i + j ? [] : [fault("execution error", `${i + j}, not ${claim}`)];
      return { kind: "evaluate", explores, faults };
    }
    const faults: Fault[] = [];
    const needed = [[i - 1, j] as const, [i, j - 1] as const, [i - 1, j - 1] as const];
    const missing = needed.find(([r, c]) => this.#held(r, c) === undefined);
    if (missing) faults.push(...this.omission(`cell (${missing.join(",")}) comes first`));
    faults.push(...this.#wrongValue(i, j, claim));
    if (faults.length > 0) this.sound = false;
    this.#cells.set(explores, claim);
    const filled = this.#cells.size;
    const goal = this.sound && filled === this.#rows * this.#columns;
    const path = [node(String(filled), goal, () => (goal ? [] : [String(filled + 1)]), explores)];
    return { kind: "visit", path, explores, faults };
  }

  #wrongValue(i: number, j: number, claim: number): Fault[] {
    const at: Table = (r, c) => this.#held(r, c) ?? this.#exact(r, c);
    const [up, left, diagonal] = [at(i - 1, j), at(i, j - 1), at(i - 1, j - 1)];
    const expected = recurrence(this.#problem, i, j, up, left, diagonal);
    if (claim === expected || claim === this.#exact(i, j)) return [];
    // One slot of the rolling row was not refreshed: it still holds the row before.
    const old = [recurrence(this.#problem, i, j, up, diagonal, diagonal)];
    if (i > 1) {
      old.push(recurrence(this.#problem, i, j, at(i - 2, j), left, diagonal));
      old.push(recurrence(this.#problem, i, j, up, left, at(i - 2, j - 1)));
    }
    return old.includes(claim)
      ? [fault("state staleness", `${expected}; ${claim} follows from a value of the row before`)]
      : [fault("execution error", `${expected}, not ${claim}`)];
  }

  #end(claim: number | null): Judgement {
    if (claim === null) return UNPARSABLE;
    const faults: Fault[] = [];
    this.answer = claim === this.#exact(this.#rows, this.#columns);
    const last = this.#held(this.#rows, this.#columns);
    if (last === undefined) faults.push(...this.omission("ends before the last cell"));
    if (!this.elided && last !== undefined && claim !== last) {
      faults.push(fault("unfaithful conclusion", `the last cell is ${last}, not ${claim}`));
    }
    return { kind: "conclude", faults };
  }

  progress(): Progress {
    const [covered, required] = [this.#cells.size, this.#rows * this.#columns];
    return { goals: this.sound && covered === required ? 1 : 0, allGoals: 1, covered, required };
  }
}

export const editDistance = defineFamily<EditDistance, number>({
  name: "edit-distance",
  description: "Levenshtein's distance of two words",
  source: "arXiv 2505.20296, Table 2 (its trace language is not published; this one is ours)",
  problem: schema,
  difficulty: { levels: 4, meaning: "words of about 3, 5, 7 and 9 letters" },
  labels: [
    "boundary violation",
    "procedure omission",
    "state revisitation",
    "infinite self-loop",
    "state staleness",
    "execution error",
    "unfaithful conclusion",
  ],
  rules: `Find the edit distance of the two words. Cell (i,j) is the distance of the first i letters to the first j.
Row 0 and column 0 are known. Row by row write CELL(i,j)==distance; and at last END()==distance;`,
  example: { from: "cat", to: "at" },
  generate: (random, level) => {
    const draw = () =>
      Array.from({ length: 1 + 2 * level + random.int(2) }, () =>
        random.pick(Array.from("abcde")),
      ).join("");
    return { from: draw(), to: draw() };
  },
  goalMode: () => "optimise",
  space: spaceOf,
  solve: (problem) => stepByStep(spaceOf(problem)),
  write: ({ from, to }) => `${from} -> ${to}`,
  read: (line) => {
    const [from = "", to = ""] = line.split("->");
    const parsed = schema.safeParse({ from: from.trim(), to: to.trim() });
    return parsed.success ? parsed.data : null;
  },
  statements: (text) => readCommands(text, ["CELL", "END"]),
  judge: (problem) => new EditJudge(problem),
});
