/** `placebo explore`: makes search traces, by a model alone or under a controller, and says how systematic they are. */
import { IncompleteError } from "../../errors.ts";
import { drawTasks, ExplorationFolder, runExploration } from "../../explore/index.ts";
import { searchFamily, type Family } from "../../search/index.ts";
import type { Action } from "../context.ts";
import { openExplorer } from "../explore/open.ts";
import type { ExploreOptions } from "../explore/options.ts";
import { recordOf } from "../explore/record.ts";
import { explorationView } from "../explore/view.ts";
import { badFlag, goingOnIn } from "../failure.ts";

const explore: Action<ExploreOptions> = async (options, context) => {
  const { out: directory, json, samples } = options;
  const family = searchFamily(options.family);
  const levels = levelsOf(family, options.levels);
  const tasks = drawTasks({ ...options, family, levels });
  const view = explorationView(context, json);
  const closing: (() => Promise<void>)[] = [];
  try {
    const model = await openExplorer(options, family, context);
    closing.push(model.close);
    const { explorer } = model;
    const folder = await ExplorationFolder.open(directory, recordOf(options, tasks, model));
    closing.push(() => folder.close());
    const { signal } = context;
    const { show } = view;
    const missing = await runExploration({
      family,
      tasks,
      samples,
      explorer,
      folder,
      signal,
      show,
    }).catch((error: unknown) => {
      throw goingOnIn(directory, error);
    });
    if (missing > 0) throw incomplete(missing, directory);
  } finally {
    view.close();
    for (const close of closing.toReversed()) await close();
  }
};

/** `2` or `1-4`. @throws InputError for levels that the family does not have */
function levelsOf({ name, difficulty }: Family, text: string): number[] {
  const [from = 1, to = from] = text.split("-").map(Number);
  if (from > to || to > difficulty.levels) {
    const message = `--levels ${text}: ${name} has the levels 1-${difficulty.levels}`;
    throw badFlag("levels", message, `They are ${difficulty.meaning}.`);
  }
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function incomplete(missing: number, directory: string): IncompleteError {
  return new IncompleteError(`${missing} traces are missing: the server did not give them`, {
    code: "traces-missing",
    hint: `They are in no number above. Ask for them again with: placebo resume ${directory}`,
    file: directory,
  });
}

export default explore;
