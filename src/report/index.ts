/** Reports: a finished or unfinished trial's folder becomes one page that opens anywhere. */
import { join } from "node:path";
import { writeFileAtomic } from "../io/index.ts";
import { TRIAL_FILES } from "../records/index.ts";
import { reportData } from "./data.ts";
import { renderPage } from "./page.ts";

export type { ArmData, Curve, CurvePoint, ModelData, Statistic } from "./aggregate.ts";
export { reportData } from "./data.ts";
export type { ReportData, RunSummary } from "./data.ts";
export type { ModelSamples } from "./samples.ts";

/**
 * Writes `report.html` into a trial's folder, whole or not at all.
 *
 * @returns the page's path
 * @throws InputError naming file, line and field of the first thing that is missing, malformed or contradictory
 * @example
 * ```ts
 * const path = await writeReport("runs/spurious"); // runs/spurious/report.html
 * ```
 */
export async function writeReport(directory: string): Promise<string> {
  const path = join(directory, TRIAL_FILES.report);
  await writeFileAtomic(path, renderPage(await reportData(directory)));
  return path;
}
