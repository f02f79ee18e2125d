/** The controller explores, with a model that proposes; many problems at once. */
import { uniform } from "../random.ts";
import type { Explored, ExploreOptions, Explorer, Job } from "./explorer.ts";
import { inLockstep } from "./lockstep.ts";
import { Patience } from "../remote/index.ts";
import { FRAMES, type PromptStyle, type Task } from "./problems.ts";
import type { Proposer } from "./proposer.ts";
import { Script } from "./script.ts";
import { search, type Outcome, type Search } from "./search.ts";
import type { Strategy } from "./strategies/index.ts";

/** Searches that advance together; what they have not finished is lost by a kill. */
const BATCH = 64;

export interface ControllerOptions {
  readonly strategy: Strategy;
  readonly width: number;
  /** n, traces a problem */
  readonly samples: number;
  /** 0: always the likeliest move */
  readonly temperature: number;
  /** tokens of a trace at most */
  readonly tokens: number;
  readonly prompt: PromptStyle;
  /** decision d of sample k draws candidate i at key (seed, "evaluate", 1 + d, task.key, k, i) */
  readonly seed: number;
}

/**
 * A proposer under a controller.
 *
 *     const strategy = findStrategy("dfs");
 *     const settings = { strategy, width: 8, samples: 1, temperature: 1, tokens: 4096, prompt: "bare", seed: 0 };
 *     const explorer = controlled(uniformProposer, settings);
 *     for await (const traces of explorer.explore(tasks, { has, signal, onProgress })) console.log(traces);
 */
export function controlled(proposer: Proposer, options: ControllerOptions): Explorer {
  return {
    info: proposer.info,
    explore: (tasks, how) => explore(proposer, options, tasks, how),
  };
}

interface Running extends Job {
  readonly script: Script;
}

/**
 * Where likelihoods decide, batches are the same however often an exploration is stopped: see `EmbeddedAnswerer`. A
 * server is not asked again for what is there.
 */
async function* explore(
  proposer: Proposer,
  options: ControllerOptions,
  tasks: readonly Task[],
  { has, signal, onProgress }: ExploreOptions,
): AsyncGenerator<readonly Explored[]> {
  const jobs = tasks.flatMap((task) =>
    Array.from({ length: options.samples }, (_, k): Job => ({ task, k })),
  );
  const patience = new Patience();
  for (let first = 0; first < jobs.length; first += BATCH) {
    const all = jobs.slice(first, first + BATCH);
    const missing = all.filter((job) => !has(job));
    if (missing.length === 0) continue;
    const searches = (proposer.weighs ? all : missing).map((job) => start(proposer, options, job));
    const going = new Set(searches.map(([running]) => running));
    const onRound = () => {
      const parts = [...going].filter((job) => !has(job));
      onProgress(parts.reduce((sum, { script }) => sum + script.spent / options.tokens, 0));
    };
    for await (const end of inLockstep(searches, proposer, { signal, onRound, patience })) {
      const { task, k } = end.id;
      going.delete(end.id);
      if (has(end.id)) continue;
      yield ["failed" in end ? { task, k, missed: end.failed } : traceOf(end.id, end)];
    }
  }
}

function start(
  proposer: Proposer,
  options: ControllerOptions,
  job: Job,
): readonly [Running, Search] {
  const { task, k } = job;
  const { seed, tokens, prompt } = options;
  const { family, problem } = task;
  const room = proposer.contextLength - proposer.prompt(task.prompt).length;
  const script = new Script(task.prompt, proposer, Math.min(tokens, room));
  const space = family.space(problem);
  const run = search(space, script, {
    ...options,
    weighs: proposer.weighs,
    // In a confluent space the one end is all that there is to find.
    all: family.goalMode(problem) === "find-all" && !space.confluent,
    draw: (decision, n) => uniform(seed, "evaluate", 1 + decision, task.key, k, n),
    frame: FRAMES[prompt],
  });
  return [{ ...job, script }, run];
}

function traceOf(
  { task, k, script }: Running,
  { outcome: { stop, effort } }: { readonly outcome: Outcome },
): Explored {
  const finish = stop === "budget" ? "length" : "stop";
  return { task, k, text: script.text, finish, tokens: script.tokens, stop, effort };
}
