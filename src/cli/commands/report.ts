/** `placebo report`: judges a trial again from its files and writes its report. */
import { InputError } from "../../errors.ts";
import { writeVerdict } from "../../trial/index.ts";
import type { Action } from "../context.ts";
import type { ReportOptions } from "../options.ts";
import { conclude } from "../trial-run.ts";

const report: Action<ReportOptions> = async ({ directory, json }, { out }) => {
  const verdict = await writeVerdict(directory);
  if (verdict === null) {
    throw new InputError(`${directory}: nothing has been evaluated yet`, {
      code: "nothing-to-report",
      hint: `See how far it is with \`placebo status ${directory}\`.`,
      file: directory,
    });
  }
  await conclude(directory, { event: "verdict", directory, ...verdict }, out, json);
};

export default report;
