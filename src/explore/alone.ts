/** A model explores by itself: it writes the whole trace, as `placebo eval` lets models answer. */
import type { Answerer } from "../eval/index.ts";
import type { Problem } from "../tasks/index.ts";
import type { Explored, ExploreOptions, Explorer } from "./explorer.ts";
import type { Task } from "./problems.ts";

/** A task as the answerers know problems. */
const problemOf = ({ level, index, key, prompt }: Task): Problem => ({
  id: `${level}/${index}`,
  key,
  prompt,
  answer: "",
  features: { level },
});

/** Explores without a controller: each trace is one sampled answer, with the answerer's own settings. */
export function alone(answerer: Answerer): Explorer {
  return {
    info: answerer.info,
    explore: (tasks, options) => explore(answerer, tasks, options),
  };
}

async function* explore(
  answerer: Answerer,
  tasks: readonly Task[],
  { has, signal, onProgress }: ExploreOptions,
): AsyncGenerator<readonly Explored[]> {
  const byId = new Map(tasks.map((task) => [problemOf(task).id, task]));
  const taskOf = ({ id }: Problem) => {
    const task = byId.get(id);
    if (!task) throw new RangeError(`an answer to nobody's problem: ${id}`);
    return task;
  };
  const answers = answerer.answer(tasks.map(problemOf), {
    has: (problem, k) => has({ task: taskOf(problem), k }),
    signal,
    onProgress,
  });
  for await (const given of answers) {
    if ("missed" in given) {
      const { problem, k, reason } = given.missed;
      yield [{ task: taskOf(problem), k, missed: reason }];
      continue;
    }
    yield given.answers.map(({ problem, k, text, finish, length }) => ({
      task: taskOf(problem),
      k,
      text,
      finish,
      tokens: length,
      stop: null,
      effort: null,
    }));
  }
}
