/** Shortest path in a maze by breadth-first search, level by level. */
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
  .regex(/^[.#SG]+$/);
const has = (letter: string) => (rows: readonly string[]) =>
  rows.join("").split(letter).length === 2;

const schema = z.strictObject({
  maze: z
    .array(rowSchema)
    .min(1)
    .max(MOST_ROWS)
    .refine(isRectangular, "all rows must have the same length")
    .refine(has("S"), "the maze needs one S")
    .refine(has("G"), "the maze needs one G")
    .describe("rows of . for free, # for wall, S for the start and G for the goal"),
});

export type GridBfs = z.infer<typeof schema>;

/** A maze and the exact distance of every cell that can be reached. */
class Maze {
  readonly grid: Grid;
  readonly start: Cell;
  readonly goal: Cell;
  /** by index, from the start, in the order of the search */
  readonly distances: ReadonlyMap<number, number>;

  constructor({ maze }: GridBfs) {
    this.grid = new Grid(maze);
    const find = (letter: string) =>
      this.grid.cells().find((cell) => this.grid.at(cell) === letter);
    const [start, goal] = [find("S"), find("G")];
    if (!start || !goal) throw new RangeError("a maze has S and G");
    [this.start, this.goal] = [start, goal];
    this.distances = this.#search();
  }

  #search(): Map<number, number> {
    const distances = new Map([[this.grid.index(this.start), 0]]);
    // A Map is walked in the order of insertion, also of what is added on the way: it is the queue.
    for (const [index, distance] of distances) {
      for (const next of this.free(this.grid.cell(index))) {
        const at = this.grid.index(next);
        if (!distances.has(at)) distances.set(at, distance + 1);
      }
    }
    return distances;
  }

  isFree(cell: Cell): boolean {
    const letter = this.grid.at(cell);
    return letter !== undefined && letter !== "#";
  }

  free(cell: Cell): Cell[] {
    return this.grid.around(cell).filter((each) => this.isFree(each));
  }

  get shortest(): number | undefined {
    return this.distances.get(this.grid.index(this.goal));
  }

  /** indices to visit before the search may end */
  get required(): number[] {
    const limit = this.shortest ?? Infinity;
    const goal = this.grid.index(this.goal);
    return [...this.distances].flatMap(([index, d]) =>
      (d > 0 && d < limit) || index === goal ? [index] : [],
    );
  }
}

const bit = (index: number) => 1n << BigInt(index);
const keyOf = (visited: bigint) => visited.toString(36);

interface State {
  readonly visited: bigint;
  readonly last: number;
}

class MazeSpace implements ConfluentSpace<State> {
  readonly confluent = true;
  readonly maze: Maze;
  readonly start: State;

  constructor(problem: GridBfs) {
    this.maze = new Maze(problem);
    const last = this.maze.grid.index(this.maze.start);
    this.start = { visited: bit(last), last };
  }

  key({ visited }: State): string {
    return keyOf(visited);
  }

  isGoal({ visited }: State): boolean {
    return (visited & bit(this.maze.grid.index(this.maze.goal))) !== 0n;
  }

  /** Cells of the nearest level that is not complete. */
  moves({ visited }: State) {
    let level: number | undefined;
    const moves = [];
    for (const [index, distance] of this.maze.distances) {
      if ((visited & bit(index)) !== 0n || (level !== undefined && distance > level)) continue;
      level = distance;
      const text = `VISIT(${showCell(this.maze.grid.cell(index))})==${distance}`;
      moves.push({ to: { visited: visited | bit(index), last: index }, text });
    }
    return moves;
  }

  returnTo({ last }: State): string {
    return `BACKTRACK(${showCell(this.maze.grid.cell(last))})`;
  }

  conclude(found: readonly State[]): string {
    return `END()==${found.length > 0 ? this.maze.shortest : "none"}`;
  }
}

class BfsJudge extends CommandJudge {
  readonly #space: MazeSpace;
  readonly #maze: Maze;
  readonly start: Node;
  /** distances as the trace believes them, by index */
  readonly #visited: Map<number, number>;
  #mask: bigint;
  /** cells beside visited ones that are not visited, with their distance; those that were reported are taken out */
  readonly #frontier = new Map<number, number>();

  constructor(problem: GridBfs) {
    super();
    this.#space = new MazeSpace(problem);
    this.#maze = this.#space.maze;
    const { last, visited } = this.#space.start;
    this.#visited = new Map([[last, 0]]);
    this.#mask = visited;
    this.#extend(this.#maze.start, 0);
    this.start = this.#node();
  }

  #extend(cell: Cell, distance: number): void {
    for (const next of this.#maze.free(cell)) {
      const index = this.#maze.grid.index(next);
      const known = this.#frontier.get(index) ?? Infinity;
      if (!this.#visited.has(index)) this.#frontier.set(index, Math.min(known, distance + 1));
    }
  }

  #node(place?: string): Node {
    const state = { visited: this.#mask, last: 0 };
    const children = () => this.#space.moves(state).map(({ to }) => this.#space.key(to));
    return node(keyOf(this.#mask), this.sound && this.#space.isGoal(state), children, place);
  }

  step({ verb, arguments: text, value }: Statement): Judgement {
    if (verb === "END") return this.#end(value);
    const [row, column] = parseIntegers(text, 2) ?? [];
    const claim = parseInteger(value);
    if (verb !== "VISIT" || row === undefined || column === undefined) return UNPARSABLE;
    if (value !== null && claim === null) return UNPARSABLE;
    return this.#visit([row, column], claim);
  }

  #visit(cell: Cell, claim: number | null): Judgement {
    const { grid, distances } = this.#maze;
    if (!this.#maze.isFree(cell)) {
      this.sound = false;
      const message = `(${showCell(cell)}) is ${grid.at(cell) === undefined ? "outside" : "a wall"}`;
      return { kind: "evaluate", faults: [fault("boundary violation", message)] };
    }
    const index = grid.index(cell);
    const explores = showCell(cell);
    if (this.#visited.has(index)) return { kind: "evaluate", explores, faults: [] };
    const expected = this.#frontier.get(index) ?? distances.get(index) ?? 0;
    const faults = this.#skipped(index, expected);
    if (claim !== null && claim !== expected && claim !== distances.get(index)) {
      faults.push(
        claim === expected - 1
          ? fault("state staleness", `${claim} is the level before; ${expected}`)
          : fault("execution error", `${expected}, not ${claim}`),
      );
    }
    if (faults.length > 0) this.sound = false;
    this.#visited.set(index, claim ?? expected);
    this.#frontier.delete(index);
    this.#extend(cell, claim ?? expected);
    this.#mask |= bit(index);
    return { kind: "visit", path: [this.#node(explores)], explores, faults };
  }

  /** What had to be visited before a cell at this distance. Each cell is reported once. */
  #skipped(index: number, distance: number): Fault[] {
    const nearer = [...this.#frontier].filter(([, d]) => d < distance);
    for (const [each] of nearer) this.#frontier.delete(each);
    const [first] = nearer;
    if (first) {
      return this.omission(
        `(${showCell(this.#maze.grid.cell(first[0]))}) is nearer and comes first`,
      );
    }
    const isReached = this.#maze
      .free(this.#maze.grid.cell(index))
      .some((each) => this.#visited.has(this.#maze.grid.index(each)));
    return isReached ? [] : this.omission("no visited cell is beside it");
  }

  #end(value: string | null): Judgement {
    const isNone = /^none\b/i.test(value ?? "");
    const claim = isNone ? null : parseInteger(value);
    if (!isNone && claim === null) return UNPARSABLE;
    const { shortest, grid, goal } = this.#maze;
    this.answer = claim === (shortest ?? null);
    const found = this.#visited.get(grid.index(goal));
    const faults: Fault[] = [];
    if (found === undefined && this.#frontier.size > 0) {
      faults.push(...this.omission("ends before everything that can be reached was visited"));
    }
    if (claim !== (found ?? null) && !this.elided) {
      const message =
        found === undefined ? "the steps never reached G" : `the steps found ${found}`;
      faults.push(fault("unfaithful conclusion", message));
    }
    return { kind: "conclude", faults };
  }

  progress(): Progress {
    const required = this.#maze.required;
    const covered = required.filter((index) => this.#visited.has(index)).length;
    const allGoals = this.#maze.shortest === undefined ? 0 : 1;
    const reached = this.#visited.has(this.#maze.grid.index(this.#maze.goal));
    return {
      goals: this.sound && reached ? allGoals : 0,
      allGoals,
      covered,
      required: required.length,
    };
  }
}

export const gridBfs = defineFamily<GridBfs, State>({
  name: "grid-bfs",
  description: "the shortest path in a maze, or the proof that there is none",
  source: "breadth-first search; this project's addition to the tasks of arXiv 2505.20296",
  problem: schema,
  difficulty: { levels: 4, meaning: "mazes of 3×3, 4×4, 5×5 and 6×6 cells" },
  labels: [
    "boundary violation",
    "procedure omission",
    "state revisitation",
    "infinite self-loop",
    "state staleness",
    "execution error",
    "unfaithful conclusion",
  ],
  rules: `Find the length of the shortest way from S to G, moving right, down, left and up, never through #. Rows and columns start at 0.
Visit the cells in the order of their distance from S, each once: VISIT(row,column)==distance; Stop at G.
At last write END()==distance of G; or, where all was visited without it, END()==none;`,
  example: { maze: ["S..", ".#.", "..G"] },
  generate: (random, level) => {
    const size = level + 2;
    const rows = drawGrid(size, size, () => (random.uniform() < 0.28 ? "#" : "."));
    const [start, goal] = random.shuffle([...Array(size * size).keys()]);
    const letters = Array.from(rows.join(""));
    letters[start ?? 0] = "S";
    letters[goal ?? 1] = "G";
    return { maze: rows.map((_, r) => letters.slice(r * size, (r + 1) * size).join("")) };
  },
  goalMode: (problem) => (new Maze(problem).shortest === undefined ? "prove-none" : "optimise"),
  space: (problem) => new MazeSpace(problem),
  solve: (problem) => stepByStep(new MazeSpace(problem)),
  write: ({ maze }) => maze.join("/"),
  read: (line) => {
    const parsed = schema.safeParse({ maze: line.trim().split("/") });
    return parsed.success ? parsed.data : null;
  },
  statements: (text) => readCommands(text, ["VISIT", "END"]),
  judge: (problem) => new BfsJudge(problem),
});
