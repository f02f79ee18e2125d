/**
 * Reads a result that vitest's reporter `json` wrote: prints `PASSED FAILED`, and on standard error a line for each failure.
 *
 *     node scripts/count-tests.mjs RESULT
 */
import { readFileSync } from "node:fs";

const result = JSON.parse(readFileSync(process.argv[2], "utf8"));
const failures = result.testResults.flatMap(({ name, status, assertionResults }) => {
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (failed.length > 0) return failed.map(({ fullName }) => `${name}: ${fullName}`);
  // A file that does not load has no failed test of its own.
  return status === "failed" ? [`${name} does not load`] : [];
});
for (const failure of failures) console.error(`FAIL  ${failure}`);
console.log(result.numPassedTests, failures.length);
