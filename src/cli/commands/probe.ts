/** `placebo probe`: has a model seen a benchmark? Partial prompts, continued greedily, beside a clean control. */
import { join } from "node:path";
import { IncompleteError } from "../../errors.ts";
import { EvaluationFolder, runEvaluation, type EvaluationEvent } from "../../eval/index.ts";
import { writeFileAtomic, writeJsonAtomic } from "../../io/index.ts";
import type { EvaluationRunRecord } from "../../records/index.ts";
import type { Action } from "../context.ts";
import { openModel } from "../eval/open.ts";
import { defaultFolder, recordOf } from "../eval/record.ts";
import { evaluationView } from "../eval/view.ts";
import { goingOnIn } from "../failure.ts";
import { openProbe, type OpenProbe } from "../probe/open.ts";
import { PROBE_RESULT, samplingOf, sharesOf, type ProbeOptions } from "../probe/options.ts";
import { continuationsOf, resultOf } from "../probe/result.ts";
import { probeLines } from "../probe/view.ts";

/** Beside the files of the evaluation that drew the continuations. */
const FILES = { continuations: "continuations.jsonl", result: PROBE_RESULT } as const;

const probe: Action<ProbeOptions> = async (options, context) => {
  const shares = sharesOf(options.shown);
  const sampling = samplingOf(options);
  const { out, json } = options;
  const view = evaluationView(context, json);
  const closing: (() => Promise<void>)[] = [];
  try {
    const opened = await openProbe(options, shares);
    closing.push(opened.close);
    const model = await openModel(sampling, context);
    closing.push(model.close);
    const record = withOptions(recordOf(sampling, opened.parts, model), options);
    const directory = out ?? defaultFolder(record, opened.benches, "probe");
    const folder = await EvaluationFolder.open(directory, record, [FILES.result]);
    closing.push(() => folder.close());
    await runEvaluation({
      record,
      benches: opened.parts,
      samples: 1,
      answerer: model.answerer,
      folder,
      signal: context.signal,
      show: (event) => {
        if (event.event === "start") view.show(startOf(event, opened, shares.length));
        // The accuracies of partial problems are no results of their own.
        else if (event.event !== "result" && event.event !== "summary") view.show(event);
      },
    }).catch((error: unknown) => {
      throw goingOnIn(directory, error);
    });
    view.close();
    const rows = continuationsOf(opened, folder);
    const result = { directory, model: record.model, ...resultOf(opened, rows) };
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    await writeFileAtomic(join(directory, FILES.continuations), lines);
    await writeJsonAtomic(join(directory, FILES.result), result);
    if (json) context.out.json({ event: "probe", ...result });
    else for (const line of probeLines(result, context.out)) context.out.line(line);
    const missing = opened.parts.reduce((sum, { problems }) => sum + problems.length, -rows.length);
    if (missing > 0) throw incomplete(missing, directory);
  } finally {
    view.close();
    for (const close of closing.toReversed()) await close();
  }
};

/** Each benchmark once, with a sample a share of each problem. */
function startOf(
  event: Extract<EvaluationEvent, { event: "start" }>,
  { benches, control }: OpenProbe,
  samples: number,
): EvaluationEvent {
  const named = [...benches, { ...control, name: `control ${control.name}` }];
  const sized = named.map(({ name, problems }) => ({ name, problems: problems.length }));
  return { ...event, benches: sized, samples };
}

/** With the options of the probe in the place of those of its evaluation, so that `placebo resume` finds them. */
function withOptions(
  { config, ...record }: EvaluationRunRecord,
  probed: ProbeOptions,
): EvaluationRunRecord {
  const { json: _, ...options } = probed;
  const { model, data, adapter } = config;
  const located = Object.entries({ model, data, adapter }).filter(([, value]) => value);
  return { ...record, config: { ...options, ...Object.fromEntries(located) } };
}

function incomplete(missing: number, directory: string): IncompleteError {
  return new IncompleteError(`${missing} continuations are missing: the server did not give them`, {
    code: "samples-missing",
    hint: `They are in no figure. Ask for them again with: placebo resume ${directory}`,
    file: directory,
  });
}

export default probe;
