/** One run in numbers: what pathologies are looked for in. Rows go in one by one and are not kept. */
import { strategyOf } from "../tasks/index.ts";
import { repeats } from "../rewards/index.ts";
import type { LoggedMetrics, LoggedRollout, LoggedRow, MetricValues } from "./records.ts";
import { DEGENERATE, degenerateOf, hashText, type Degenerate } from "./texts.ts";

/** Sum and number of what was there. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number | boolean | null): void {
    if (value === null) return;
    this.#sum += Number(value);
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  /** null: nothing was counted */
  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}

/** What one step's rollouts add up to. */
class StepCount {
  readonly reward = new Mean();
  readonly length = new Mean();
  readonly truncated = new Mean();
  readonly correct = new Mean();
  readonly repeated = new Mean();
  readonly code = new Mean();
  /** groups whose completions are all the same text */
  readonly uniform = new Mean();
  readonly dead = new Mean();
}

interface Group {
  prompt: string | null;
  least: number;
  most: number;
  scored: number;
  rollouts: number;
  size: number;
  first: number | null;
  same: boolean;
}

export interface Point {
  readonly step: number;
  readonly value: number;
}

export type Series = readonly Point[];

export interface Facts {
  readonly rollouts: number;
  readonly texts: number;
  readonly ungraded: number;
  /** least and greatest reward; null: no rollout was rewarded with a number */
  readonly rewards: { readonly least: number; readonly most: number } | null;
  readonly groups: {
    readonly counted: number;
    readonly dead: number;
    readonly deadSize: number;
    readonly size: number;
    readonly unit: "tokens" | "characters";
  };
  readonly degenerate: {
    readonly [D in Degenerate]: { readonly answers: number; readonly reward: number | null };
  };
  /** rollouts with a gold answer beside them: without one no negation can be seen */
  readonly golds: number;
  readonly prompts: number;
  readonly notFinite: { readonly steps: number; readonly names: readonly string[] };
  readonly series: { readonly [S in SeriesName]: Series };
}

export type SeriesName = keyof MetricValues | "repeated" | "code" | "uniform";

/** Five times in a row a piece of ten characters or more. */
const isRepetitive = (text: string) => repeats(text, 10, 256, 5);

/** The search is slow beside reading: so many texts of a run are searched, and then one in so many. */
const SEARCHED = 5000;
const ONE_IN = 16;

/** One step in several rows, as some loggers write it: a later row adds to an earlier one, and corrects what both say. */
function merged(first: LoggedMetrics, second: LoggedMetrics): LoggedMetrics {
  const said = Object.entries(second).filter(([, value]) => value !== null);
  const notFinite = [...new Set([...first.notFinite, ...second.notFinite])];
  return { ...first, ...Object.fromEntries(said), notFinite };
}

export class RunSummary {
  readonly #steps = new Map<number, StepCount>();
  readonly #metrics = new Map<number, LoggedMetrics>();
  #groups = new Map<string, Group>();
  #groupStep = -Infinity;
  readonly #degenerate = Object.fromEntries(DEGENERATE.map((kind) => [kind, new Mean()]));
  readonly #degenerateCount: Record<string, number> = {};
  #tokensKnown = false;
  #counts = { rollouts: 0, texts: 0, ungraded: 0, golds: 0, prompts: 0 };
  #dead = { counted: 0, dead: 0, deadSize: 0, size: 0 };
  #least = Infinity;
  #most = -Infinity;

  add(row: LoggedRow): void {
    if (row.kind === "metrics") this.#addMetrics(row);
    else this.#addRollout(row);
  }

  #addMetrics(row: LoggedMetrics): void {
    // Rows without a step are rows apart.
    const key = row.step ?? -1 - this.#metrics.size;
    const known = this.#metrics.get(key);
    this.#metrics.set(key, known === undefined ? row : merged(known, row));
  }

  #addRollout(row: LoggedRollout): void {
    const step = row.step ?? 0;
    // Groups of earlier steps are whole: their counts stay, the groups themselves go.
    if (step > this.#groupStep) {
      this.#closeGroups();
      this.#groupStep = step;
    }
    const count = this.#steps.get(step) ?? new StepCount();
    this.#steps.set(step, count);
    const { reward, text, tokens } = row;
    if (tokens !== null) this.#tokensKnown = true;
    const size = tokens ?? text?.length ?? null;
    this.#counts.rollouts++;
    if (reward === null) this.#counts.ungraded++;
    else {
      this.#least = Math.min(this.#least, reward);
      this.#most = Math.max(this.#most, reward);
    }
    count.reward.add(reward);
    count.length.add(size);
    count.truncated.add(row.truncated);
    count.correct.add(row.correct);
    const group = this.#groupOf(step, row);
    this.#addToGroup(group, row, size ?? 0);
    if (row.gold !== null) this.#counts.golds++;
    if (group.prompt !== null) this.#counts.prompts++;
    if (text === null) return;
    this.#counts.texts++;
    const before = this.#counts.texts - 1;
    if (before < SEARCHED || before % ONE_IN === 0) count.repeated.add(isRepetitive(text));
    count.code.add(strategyOf(text) === "code");
    const kind = degenerateOf(text, group.prompt, row.gold);
    if (kind === null) return;
    this.#degenerateCount[kind] = (this.#degenerateCount[kind] ?? 0) + 1;
    this.#degenerate[kind]?.add(reward);
  }

  #groupOf(step: number, { group, prompt }: LoggedRollout): Group {
    const key = `${step} ${group ?? (prompt === null ? "" : hashText(prompt))}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const fresh: Group = {
      prompt,
      least: Infinity,
      most: -Infinity,
      scored: 0,
      rollouts: 0,
      size: 0,
      first: null,
      same: true,
    };
    this.#groups.set(key, fresh);
    return fresh;
  }

  #addToGroup(group: Group, { reward, text, prompt }: LoggedRollout, size: number): void {
    group.prompt ??= prompt;
    group.rollouts++;
    group.size += size;
    if (reward !== null) {
      group.scored++;
      group.least = Math.min(group.least, reward);
      group.most = Math.max(group.most, reward);
    }
    const hash = text === null ? null : hashText(text);
    group.same = group.same && hash !== null && (group.first === null || group.first === hash);
    group.first ??= hash;
  }

  #closeGroups(): void {
    for (const [key, group] of this.#groups) {
      // A single rollout is no group; nor is what no reward could decide.
      if (group.scored < 2) continue;
      const count = this.#steps.get(Number(key.slice(0, key.indexOf(" "))));
      const isDead = group.least === group.most;
      count?.dead.add(isDead);
      if (group.first !== null) count?.uniform.add(group.same);
      this.#dead.counted++;
      this.#dead.size += group.size;
      if (!isDead) continue;
      this.#dead.dead++;
      this.#dead.deadSize += group.size;
    }
    this.#groups = new Map();
  }

  /** Values that the trainer logged, and where it logged none those of its rollouts. */
  #series(metric: keyof MetricValues | null, own: (count: StepCount) => Mean | null): Series {
    const logged = [...this.#metrics.values()].flatMap((row) => {
      const value = metric === null ? null : row[metric];
      return value === null ? [] : [{ step: row.step ?? 0, value }];
    });
    const points =
      logged.length > 0
        ? logged
        : [...this.#steps].flatMap(([step, count]) => {
            const value = own(count)?.value ?? null;
            return value === null ? [] : [{ step, value }];
          });
    return points.sort((a, b) => a.step - b.step);
  }

  facts(): Facts {
    this.#closeGroups();
    const none = () => null;
    const degenerate = (kind: Degenerate) => ({
      answers: this.#degenerateCount[kind] ?? 0,
      reward: this.#degenerate[kind]?.value ?? null,
    });
    const broken = [...this.#metrics.values()].filter(({ notFinite }) => notFinite.length > 0);
    return {
      ...this.#counts,
      rewards: this.#most < this.#least ? null : { least: this.#least, most: this.#most },
      groups: { ...this.#dead, unit: this.#tokensKnown ? "tokens" : "characters" },
      degenerate: {
        empty: degenerate("empty"),
        "all options": degenerate("all options"),
        "prompt echoed": degenerate("prompt echoed"),
        negation: degenerate("negation"),
      },
      notFinite: {
        steps: broken.length,
        names: [...new Set(broken.flatMap(({ notFinite }) => notFinite))],
      },
      series: {
        reward: this.#series("reward", ({ reward }) => reward),
        entropy: this.#series("entropy", none),
        kl: this.#series("kl", none),
        length: this.#series("length", ({ length }) => length),
        truncated: this.#series("truncated", ({ truncated }) => truncated),
        dead: this.#series("dead", ({ dead }) => dead),
        clipped: this.#series("clipped", none),
        gradNorm: this.#series("gradNorm", none),
        accuracy: this.#series("accuracy", ({ correct }) => correct),
        tokens: this.#series("tokens", none),
        repeated: this.#series(null, ({ repeated }) => repeated),
        code: this.#series(null, ({ code }) => code),
        uniform: this.#series(null, ({ uniform }) => uniform),
      },
    };
  }
}
