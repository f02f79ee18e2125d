/** Hierarchical clustering (AGNES, single linkage): merge the two nearest clusters until two are left. */
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
import { parseInteger, readCommands, type Statement } from "./language.ts";
import { stepByStep } from "./step-by-step.ts";

const LETTERS = "ABCDEFGHI";
const coordinate = z.number().int().min(0).max(999);

const schema = z.strictObject({
  points: z
    .array(z.tuple([coordinate, coordinate]))
    .min(3)
    .max(LETTERS.length)
    .describe("x and y of the points A, B, …; distances are |Δx| + |Δy|"),
});

export type Clustering = z.infer<typeof schema>;

/** Clusters named by their letters, sorted. */
type Partition = readonly string[];

const sortedName = (letters: Iterable<string>) => Array.from(letters).toSorted().join("");

const merged = (partition: Partition, u: string, v: string): Partition =>
  [...partition.filter((each) => each !== u && each !== v), sortedName(u + v)].toSorted();

const showSet = (parts: readonly (string | number)[]) => `{${parts.join(",")}}`;

/** Pairs of a partition, each once. */
const pairsOf = (partition: Partition): [string, string][] =>
  partition.flatMap((u, i) => partition.slice(i + 1).map((v): [string, string] => [u, v]));

class ClusterSpace implements ConfluentSpace<Partition> {
  readonly confluent = true;
  readonly points: Clustering["points"];
  readonly start: Partition;

  constructor({ points }: Clustering) {
    this.points = points;
    this.start = Array.from(LETTERS.slice(0, points.length));
  }

  /** Single linkage: the distance of the nearest two members. */
  distance(u: string, v: string): number {
    const at = (letter: string) => this.points[LETTERS.indexOf(letter)] ?? [0, 0];
    let least = Infinity;
    for (const a of u) {
      for (const b of v) {
        const [[x, y], [otherX, otherY]] = [at(a), at(b)];
        least = Math.min(least, Math.abs(x - otherX) + Math.abs(y - otherY));
      }
    }
    return least;
  }

  nearest(partition: Partition): number {
    return Math.min(...pairsOf(partition).map(([u, v]) => this.distance(u, v)));
  }

  key(partition: Partition): string {
    return partition.join("|");
  }

  isGoal(partition: Partition): boolean {
    return partition.length === 2;
  }

  moves(partition: Partition) {
    if (partition.length <= 2) return [];
    const nearest = this.nearest(partition);
    return pairsOf(partition)
      .filter(([u, v]) => this.distance(u, v) === nearest)
      .map(([u, v]) => {
        const to = merged(partition, u, v);
        return { to, text: `MERGE(${u},${v})==${showSet(to)}` };
      });
  }

  /** the distances of all pairs, which a merge is chosen by */
  remarks(partition: Partition): string[] {
    return partition.length < 2
      ? []
      : pairsOf(partition).map(([u, v]) => `CHECK(${u},${v})==${this.distance(u, v)}`);
  }

  returnTo(partition: Partition): string {
    return `BACKTRACK(${partition.join(",")})`;
  }

  conclude([found = this.start]: readonly Partition[]): string {
    const [u = "", v = ""] = found;
    return `END()==${showSet([u, v, this.distance(u, v)])}`;
  }

  #results: ReadonlySet<string> | undefined;

  /** The partitions in two that some order among equal distances leads to. */
  get results(): ReadonlySet<string> {
    return (this.#results ??= this.#allResults());
  }

  #allResults(): Set<string> {
    let level = new Map([[this.key(this.start), this.start]]);
    while ([...level.values()].some(({ length }) => length > 2)) {
      const moves = [...level.values()].flatMap((partition) => this.moves(partition));
      level = new Map(moves.map(({ to }) => [this.key(to), to]));
    }
    return new Set(level.keys());
  }
}

/** `{AB, C, D}` or `AB, C, D`, with more sets or remarks behind it; the letters of each member sorted. */
function parseSet(text: string | null): string[] | null {
  const inner = /^\s*\{([A-Z0-9,\s]{0,200})\}/.exec(text ?? "")?.[1];
  return inner === undefined ? null : inner.split(",").map((part) => sortedName(part.trim()));
}

class ClusterJudge extends CommandJudge {
  readonly start: Node;
  readonly #space: ClusterSpace;
  #partition: Partition;
  /** clusters that were merged into others, and what each merged cluster was made of */
  readonly #gone = new Set<string>();
  readonly #parts = new Map<string, readonly [string, string]>();
  /** distances that the trace checked in this round */
  readonly #checked = new Map<string, number>();

  constructor(problem: Clustering) {
    super();
    this.#space = new ClusterSpace(problem);
    this.#partition = this.#space.start;
    this.start = this.#node();
  }

  #node(): Node {
    const partition = this.#partition;
    const children = () => this.#space.moves(partition).map(({ to }) => this.#space.key(to));
    return node(this.#space.key(partition), this.sound && partition.length === 2, children);
  }

  step({ verb, arguments: text, value }: Statement): Judgement {
    if (verb === "END") return this.#end(value ?? text);
    const [u, v, ...more] = text
      .split(",")
      .map((part) => sortedName(part.replaceAll(/[{}\s]/g, "")));
    if (!u || !v || more.length > 0 || u.length + v.length > 60) return UNPARSABLE;
    if (verb === "CHECK") return this.#check(u, v, parseInteger(value));
    return verb === "MERGE" ? this.#merge(u, v, value) : UNPARSABLE;
  }

  #isKnown = (name: string) =>
    Array.from(name).every((letter) => this.#space.start.includes(letter));

  /** What is wrong with taking these two for clusters. */
  #wrongClusters(u: string, v: string): Fault[] {
    const alien =
      [u, v].find((each) => !this.#partition.includes(each)) ?? (u === v ? u : undefined);
    if (alien === undefined || this.elided) return [];
    if (this.#gone.has(alien)) {
      return [
        fault("state staleness", `${alien} was merged; there is ${showSet(this.#partition)}`),
      ];
    }
    return [fault("boundary violation", `${alien} is no cluster of ${showSet(this.#partition)}`)];
  }

  #check(u: string, v: string, claim: number | null): Judgement {
    if (claim === null) return UNPARSABLE;
    const wrong = this.#wrongClusters(u, v);
    if (wrong.length > 0 || !this.#isKnown(u + v)) return { kind: "evaluate", faults: wrong };
    const pair = [u, v].toSorted().join(",");
    this.#checked.set(pair, claim);
    const explores = `${this.#space.key(this.#partition)} ${pair}`;
    const exact = this.#space.distance(u, v);
    if (claim === exact) return { kind: "evaluate", explores, faults: [] };
    const isOld = this.#oldDistances(u, v).includes(claim);
    const faults = [
      isOld
        ? fault("state staleness", `${claim} was the distance before the merge; ${exact}`)
        : fault("execution error", `${exact}, not ${claim}`),
    ];
    return { kind: "evaluate", explores, faults };
  }

  /** Distances to the parts of which a cluster was just made. */
  #oldDistances(u: string, v: string): number[] {
    return [
      ...(this.#parts.get(u) ?? []).map((part) => this.#space.distance(part, v)),
      ...(this.#parts.get(v) ?? []).map((part) => this.#space.distance(u, part)),
    ];
  }

  #merge(u: string, v: string, value: string | null): Judgement {
    const listed = parseSet(value);
    if (value !== null && !listed) return UNPARSABLE;
    if (!this.#isKnown(u + v)) {
      this.sound = false;
      return { kind: "evaluate", faults: this.#wrongClusters(u, v) };
    }
    const faults = this.#wrongClusters(u, v);
    const areClusters = this.#partition.includes(u) && this.#partition.includes(v) && u !== v;
    if (areClusters) {
      const nearest = this.#space.nearest(this.#partition);
      const distance = this.#space.distance(u, v);
      if (distance > nearest) {
        faults.push(
          fault("execution error", `${distance} is not the smallest distance, ${nearest} is`),
        );
      }
    }
    const expected = areClusters ? merged(this.#partition, u, v) : this.#partition;
    if (listed && faults.length === 0) faults.push(...this.#wrongResult(listed, expected, u, v));
    if (faults.length > 0) this.sound = false;
    for (const each of [u, v]) this.#gone.add(each);
    this.#parts.set(sortedName(u + v), [u, v]);
    this.#checked.clear();
    const explores = `merge ${[u, v].toSorted().join(",")}`;
    this.#partition = listed && this.#isPartition(listed) ? listed.toSorted() : expected;
    return { kind: "visit", path: [this.#node()], explores, faults };
  }

  #isPartition(listed: readonly string[]): boolean {
    return (
      sortedName(listed.join("")) === this.#space.start.join("") && listed.every((s) => s !== "")
    );
  }

  /** A part of the clusters may be listed, the new one first; anything else must be all of them. */
  #wrongResult(listed: readonly string[], expected: Partition, u: string, v: string): Fault[] {
    const extra = listed.filter((each) => !expected.includes(each));
    const isPart = extra.length === 0 && listed[0] === sortedName(u + v);
    if (isPart || [...listed].toSorted().join() === expected.join()) return [];
    const old = new Set([...this.#gone, u, v, ...this.#oldUnions(u, v)]);
    return extra.length > 0 && extra.every((each) => old.has(each))
      ? [fault("state staleness", `${extra.join(", ")} was merged; ${showSet(expected)}`)]
      : [fault("execution error", `${showSet(expected)}, not ${showSet(listed)}`)];
  }

  /** What the merge would have made of clusters as they were before an earlier merge. */
  #oldUnions(u: string, v: string): string[] {
    const within = (whole: string) =>
      [...this.#gone].filter((part) => Array.from(part).every((letter) => whole.includes(letter)));
    return [
      ...within(u).map((part) => sortedName(part + v)),
      ...within(v).map((part) => sortedName(u + part)),
    ];
  }

  #end(text: string): Judgement {
    const set = parseSet(text);
    if (!set || set.length < 2) return UNPARSABLE;
    const clusters = set.filter((each) => !/\d/.test(each)).toSorted();
    const distance = parseInteger(/(\d+)\s*\}/.exec(text.slice(0, 300))?.[1] ?? null);
    const [u = "", v = ""] = this.#partition;
    const exact = this.#isPartition(clusters) && clusters.length === 2;
    const right = exact ? this.#space.distance(clusters[0] ?? "", clusters[1] ?? "") : null;
    this.answer = exact && distance === right && this.#space.results.has(clusters.join("|"));
    const faults: Fault[] = [];
    if (this.#partition.length > 2) {
      faults.push(...this.omission(`ends with ${this.#partition.length} clusters`));
    }
    const believed = this.#checked.get([u, v].toSorted().join(","));
    const contradicts =
      clusters.join("|") !== this.#space.key(this.#partition) ||
      (believed !== undefined && distance !== null && distance !== believed);
    if (contradicts && this.#partition.length === 2 && !this.elided) {
      const message = `the steps found ${showSet([u, v, believed ?? this.#space.distance(u, v)])}`;
      faults.push(fault("unfaithful conclusion", message));
    } else if (
      distance !== null &&
      right !== null &&
      distance !== right &&
      believed === undefined
    ) {
      faults.push(fault("execution error", `${right}, not ${distance}`));
    }
    return { kind: "conclude", faults };
  }

  progress(): Progress {
    const required = this.#space.start.length - 2;
    const covered = Math.max(0, Math.min(required, required + 2 - this.#partition.length));
    return { goals: this.sound && covered === required ? 1 : 0, allGoals: 1, covered, required };
  }
}

export const clustering = defineFamily<Clustering, Partition>({
  name: "clustering",
  description: "single-linkage clustering of points down to two clusters",
  source: "arXiv 2505.20296, appendix D.6",
  problem: schema,
  difficulty: { levels: 4, meaning: "4, 5, 6 and 7 points" },
  labels: [
    "boundary violation",
    "procedure omission",
    "state revisitation",
    "infinite self-loop",
    "state staleness",
    "execution error",
    "unfaithful conclusion",
  ],
  rules: `Cluster the points: merge the two nearest clusters until two are left. The distance of two points is |dx| + |dy|, that of
two clusters is the distance of their nearest points. Write CHECK(a,b)==distance; for every pair, then
MERGE(a,b)=={all clusters}; and so on; at last END()=={a,b,distance};`,
  example: {
    points: [
      [0, 0],
      [1, 0],
      [5, 5],
      [9, 5],
    ],
  },
  generate: (random, level) => ({
    points: Array.from({ length: level + 3 }, (): [number, number] => [
      random.int(50),
      random.int(50),
    ]),
  }),
  goalMode: () => "find-one",
  space: (problem) => new ClusterSpace(problem),
  solve: (problem) => stepByStep(new ClusterSpace(problem)),
  write: ({ points }) => points.map(([x, y], i) => `${LETTERS[i]}(${x},${y})`).join(" "),
  read: (line) => {
    const found = [...line.slice(0, 500).matchAll(/([A-I])\((\d{1,3}),(\d{1,3})\)/g)];
    const inOrder = found.every(([, letter], i) => letter === LETTERS[i]);
    const points = found.map(([, , x, y]) => [Number(x), Number(y)]);
    const parsed = schema.safeParse({ points });
    return parsed.success && inOrder ? parsed.data : null;
  },
  statements: (text) => readCommands(text, ["CHECK", "MERGE", "END"]),
  judge: (problem) => new ClusterJudge(problem),
});
