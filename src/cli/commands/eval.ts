/** `placebo eval`: a model on benchmarks, by the embedded engine or on a server. */
import { IncompleteError } from "../../errors.ts";
import { EvaluationFolder, runEvaluation } from "../../eval/index.ts";
import type { Action } from "../context.ts";
import { checkSampling, openBenches, openModel } from "../eval/open.ts";
import type { EvalOptions } from "../eval/options.ts";
import { defaultFolder, recordOf } from "../eval/record.ts";
import { evaluationView } from "../eval/view.ts";
import { goingOnIn } from "../failure.ts";

const evaluate: Action<EvalOptions> = async (options, context) => {
  checkSampling(options);
  const view = evaluationView(context, options.json);
  const closing: (() => Promise<void>)[] = [];
  try {
    const { benches, close } = await openBenches(options);
    closing.push(close);
    const model = await openModel(options, context);
    closing.push(model.close);
    const record = recordOf(options, benches, model);
    const directory = options.out ?? defaultFolder(record, benches);
    const folder = await EvaluationFolder.open(directory, record);
    closing.push(() => folder.close());
    const { benches: results } = await runEvaluation({
      record,
      benches,
      samples: options.n,
      answerer: model.answerer,
      folder,
      signal: context.signal,
      show: view.show,
    }).catch((error: unknown) => {
      throw goingOnIn(directory, error);
    });
    const missing = results.reduce((sum, result) => sum + result.missing, 0);
    if (missing > 0) throw incomplete(missing, directory);
  } finally {
    view.close();
    for (const close of closing.toReversed()) await close();
  }
};

function incomplete(missing: number, directory: string): IncompleteError {
  return new IncompleteError(`${missing} samples are missing: the server did not give them`, {
    code: "samples-missing",
    hint: `They are in no metric. Ask for them again with: placebo resume ${directory}`,
    file: directory,
  });
}

export default evaluate;
