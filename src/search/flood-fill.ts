/** Flood fill: count the islands of a grid, depth first with a stack of cells. */
import { z } from "zod";
import {
  defineFamily,
  type ConfluentSpace,
  type Fault,
  type Judgement,
  type Node,
  type Progress,
} from "./define.ts";
import { drawGrid, Grid, isRectangular, MOST_ROWS, showCell, type Cell } from "./grid.ts";
import { CommandJudge, fault, node, UNPARSABLE } from "./judging.ts";
import { parseInteger, parseIntegers, readCommands, type Statement } from "./language.ts";
import { stepByStep } from "./step-by-step.ts";

const rowSchema = z
  .string()
  .min(1)
  .max(MOST_ROWS)
  .regex(/^[01]+$/);

const schema = z.strictObject({
  grid: z
    .array(rowSchema)
    .min(1)
    .max(MOST_ROWS)
    .refine(isRectangular, "all rows must have the same length")
    .describe("rows of 1 for land and 0 for water"),
});

export type FloodFill = z.infer<typeof schema>;

const isLand = (grid: Grid, cell: Cell) => grid.at(cell) === "1";

/** What was filled, and the cells from the island's first to the current one. */
interface State {
  /** bit i: the cell with index i is filled */
  readonly filled: bigint;
  readonly stack: readonly Cell[];
  readonly islands: number;
}

const holds = (filled: bigint, index: number) => ((filled >> BigInt(index)) & 1n) === 1n;

const keyOf = (filled: bigint, top: Cell | undefined) =>
  `${filled.toString(36)}@${top ? showCell(top) : ""}`;

class IslandSpace implements ConfluentSpace<State> {
  readonly confluent = true;
  readonly grid: Grid;
  readonly land: readonly Cell[];
  readonly start: State = { filled: 0n, stack: [], islands: 0 };

  constructor({ grid }: FloodFill) {
    this.grid = new Grid(grid);
    this.land = this.grid.cells().filter((cell) => isLand(this.grid, cell));
  }

  key({ filled, stack }: State): string {
    return keyOf(filled, stack.at(-1));
  }

  isGoal({ filled }: State): boolean {
    return this.land.every((cell) => holds(filled, this.grid.index(cell)));
  }

  /** Land beside the current cell that is not filled; from outside, the first land that is not. */
  open(filled: bigint, top: Cell | undefined): Cell[] {
    const isOpen = (cell: Cell) => isLand(this.grid, cell) && !holds(filled, this.grid.index(cell));
    if (top) return this.grid.around(top).filter(isOpen);
    return this.land.filter(isOpen).slice(0, 1);
  }

  moves({ filled, stack, islands }: State) {
    const top = stack.at(-1);
    const open = this.open(filled, top);
    if (open.length === 0 && top) {
      const below = stack.slice(0, -1);
      return [{ to: { filled, stack: below, islands }, text: returnText(below.at(-1)) }];
    }
    return open.map((cell) => {
      const number = top ? islands : islands + 1;
      const to = {
        filled: filled | (1n << BigInt(this.grid.index(cell))),
        stack: [...stack, cell],
        islands: number,
      };
      return { to, text: `VISIT(${showCell(cell)})==${number}` };
    });
  }

  returnTo({ stack }: State): string {
    return returnText(stack.at(-1));
  }

  conclude([found]: readonly State[]): string {
    return `END()==${found?.islands ?? 0}`;
  }

  #islands: number | undefined;

  get islands(): number {
    return (this.#islands ??= this.#countIslands());
  }

  #countIslands(): number {
    const seen = new Set<number>();
    let islands = 0;
    for (const first of this.land) {
      if (seen.has(this.grid.index(first))) continue;
      islands++;
      const queue = [first];
      seen.add(this.grid.index(first));
      for (const cell of queue) {
        for (const next of this.grid.around(cell)) {
          if (!isLand(this.grid, next) || seen.has(this.grid.index(next))) continue;
          seen.add(this.grid.index(next));
          queue.push(next);
        }
      }
    }
    return islands;
  }
}

const returnText = (cell: Cell | undefined) => `BACKTRACK(${cell ? showCell(cell) : ""})`;

class FloodJudge extends CommandJudge {
  readonly #space: IslandSpace;
  readonly start: Node;
  #filled = 0n;
  #count = 0;
  #stack: Cell[] = [];
  #islands = 0;
  /** indices of cells from which another one was visited */
  readonly #left = new Set<number>();

  constructor(problem: FloodFill) {
    super();
    this.#space = new IslandSpace(problem);
    this.start = this.#node();
  }

  /** The state as it is now. */
  #node(): Node {
    const [filled, top] = [this.#filled, this.#stack.at(-1)];
    const { grid, land } = this.#space;
    const children = () =>
      this.#space
        .open(filled, top)
        .map((cell) => keyOf(filled | (1n << BigInt(grid.index(cell))), cell));
    const goal = this.sound && this.#count === land.length;
    return node(keyOf(filled, top), goal, children, top ? showCell(top) : "");
  }

  #isFilled = (cell: Cell) => holds(this.#filled, this.#space.grid.index(cell));

  step({ verb, arguments: text, value }: Statement): Judgement {
    if (verb === "END") return this.#end(parseInteger(value));
    if (verb === "BACKTRACK" && text === "") return this.#backtrack(null);
    const [row, column] = parseIntegers(text, 2) ?? [];
    if (row === undefined || column === undefined) return UNPARSABLE;
    if (verb === "BACKTRACK") return this.#backtrack([row, column]);
    const claim = parseInteger(value);
    if (verb !== "VISIT" || (value !== null && claim === null)) return UNPARSABLE;
    return this.#visit([row, column], claim);
  }

  #visit(cell: Cell, claim: number | null): Judgement {
    const { grid } = this.#space;
    if (!isLand(grid, cell)) {
      this.sound = false;
      const message = `(${showCell(cell)}) is ${grid.at(cell) === undefined ? "outside" : "water"}`;
      return { kind: "evaluate", faults: [fault("boundary violation", message)] };
    }
    const explores = showCell(cell);
    if (this.#isFilled(cell)) return { kind: "evaluate", explores, faults: [] };
    const faults: Fault[] = [];
    const path = this.#comeTo(cell, faults);
    const isNew = this.#stack.length === 0;
    const expected = isNew ? this.#islands + 1 : this.#islands;
    if (claim !== null && claim !== expected) faults.push(wrongNumber(claim, expected, isNew));
    if (isNew) this.#islands = expected;
    const from = this.#stack.at(-1);
    if (from) this.#left.add(grid.index(from));
    if (faults.length > 0) this.sound = false;
    this.#filled |= 1n << BigInt(grid.index(cell));
    this.#count++;
    this.#stack.push(cell);
    return { kind: "visit", path: [...path, this.#node()], explores, faults };
  }

  /** Unwinds to where the cell can be entered from: a neighbour on the stack, or outside for a new island. */
  #comeTo(cell: Cell, faults: Fault[]): Node[] {
    const { grid, land } = this.#space;
    const neighbours = grid.around(cell).map((each) => grid.index(each));
    const isBeside = (each: Cell) => neighbours.includes(grid.index(each));
    const at = this.#stack.findLastIndex(isBeside);
    const path = this.#unwind(at + 1, faults);
    if (at >= 0) return path;
    if (grid.around(cell).some(this.#isFilled)) {
      const message = `(${showCell(cell)}) belongs to an island that was left`;
      faults.push(fault("incorrect backtracking", message));
      return path;
    }
    const first = land.find((each) => !this.#isFilled(each));
    const known = faults.some(({ label }) => label !== "execution error");
    if (first && grid.index(first) < grid.index(cell) && !known && !this.#isReported(first)) {
      faults.push(...this.omission(`skips the land at (${showCell(first)})`));
      this.#reported = grid.index(first);
    }
    return path;
  }

  /** land skipped earlier is not reported again */
  #reported = -1;

  #isReported = (cell: Cell) => this.#space.grid.index(cell) <= this.#reported;

  #unwind(depth: number, faults: Fault[]): Node[] {
    const path: Node[] = [];
    while (this.#stack.length > depth) {
      const cell = this.#stack.pop();
      path.push(this.#node());
      if (cell && faults.length === 0) faults.push(...this.#closing(cell));
    }
    return path;
  }

  #closing(cell: Cell): Fault[] {
    const [open] = this.elided ? [] : this.#space.open(this.#filled, cell);
    if (!open || this.#isReported(open)) return [];
    this.#reported = Math.max(this.#reported, this.#space.grid.index(open));
    const message = `leaves (${showCell(cell)}) before (${showCell(open)}) beside it`;
    const tried = this.#left.has(this.#space.grid.index(cell));
    return [fault(tried ? "incorrect backtracking" : "premature abandonment", message)];
  }

  #backtrack(cell: Cell | null): Judgement {
    const faults: Fault[] = [];
    const { grid } = this.#space;
    const at = cell ? this.#stack.findIndex((each) => grid.index(each) === grid.index(cell)) : -1;
    const isCurrent = at >= 0 && at === this.#stack.length - 1;
    if (at >= 0 || (cell === null && this.#stack.length > 0)) {
      // Two conventions: the cell that is restored, or the one that is left.
      const path = this.#unwind(isCurrent ? at : at + 1, faults);
      if (faults.length > 0) this.sound = false;
      return { kind: "return", path, faults };
    }
    this.sound = false;
    if (cell && isLand(grid, cell) && this.#isFilled(cell)) this.#stack = [cell];
    const message = cell
      ? `(${showCell(cell)}) is not on the way here`
      : "there is nothing before the start";
    return {
      kind: "return",
      path: [this.#node()],
      faults: [fault("incorrect backtracking", message)],
    };
  }

  #end(claim: number | null): Judgement {
    if (claim === null) return UNPARSABLE;
    this.answer = claim === this.#space.islands;
    const faults: Fault[] = [];
    const { land } = this.#space;
    if (this.#count < land.length) {
      faults.push(...this.omission(`ends with ${this.#count} of ${land.length} land cells`));
    }
    if (claim !== this.#islands && !this.elided) {
      faults.push(
        fault("unfaithful conclusion", `the steps counted ${this.#islands}, not ${claim}`),
      );
    }
    return { kind: "conclude", faults };
  }

  progress(): Progress {
    const [covered, required] = [this.#count, this.#space.land.length];
    return { goals: this.sound && covered === required ? 1 : 0, allGoals: 1, covered, required };
  }
}

function wrongNumber(claim: number, expected: number, isNew: boolean): Fault {
  return isNew && claim === expected - 1 && claim > 0
    ? fault("state staleness", `island ${claim} was left; this is island ${expected}`)
    : fault("execution error", `island ${expected}, not ${claim}`);
}

export const floodFill = defineFamily<FloodFill, State>({
  name: "flood-fill",
  description: "count the islands of a grid",
  source: "arXiv 2505.20296, Table 2 (its trace language is not published; this one is ours)",
  problem: schema,
  difficulty: { levels: 4, meaning: "grids of 3×3, 4×4, 5×5 and 6×6 cells" },
  labels: [
    "boundary violation",
    "procedure omission",
    "incorrect backtracking",
    "state revisitation",
    "infinite self-loop",
    "state staleness",
    "execution error",
    "unfaithful conclusion",
    "premature abandonment",
  ],
  rules: `Count the islands of 1 in the grid; cells are connected right, below, left and above. Rows and columns start at 0.
Take the first land that is not visited, row by row, and go through its island depth first: VISIT(row,column)==island;
To return to an earlier cell write BACKTRACK(that cell); to leave an island BACKTRACK(); and at last END()==islands;`,
  example: { grid: ["110", "001", "101"] },
  generate: (random, level) => ({
    grid: drawGrid(level + 2, level + 2, () => (random.uniform() < 0.5 ? "1" : "0")),
  }),
  goalMode: () => "find-all",
  space: (problem) => new IslandSpace(problem),
  solve: (problem) => stepByStep(new IslandSpace(problem)),
  write: ({ grid }) => grid.join("/"),
  read: (line) => {
    const parsed = schema.safeParse({ grid: line.trim().split("/") });
    return parsed.success ? parsed.data : null;
  },
  statements: (text) => readCommands(text, ["VISIT", "BACKTRACK", "END"]),
  judge: (problem) => new FloodJudge(problem),
});
