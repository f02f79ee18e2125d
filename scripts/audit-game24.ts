/**
 * The 5,000 GPT-4 traces of the game of 24 (Tree of Thoughts' naive chain-of-thought log), audited.
 *
 *     npx tsx scripts/audit-game24.ts [--page docs/results/game24-gpt4.md]
 *
 * Needs PLACEBO_DATA (or ../shared) with `traces/game24-gpt4-cot.jsonl`. `--page` writes the results page.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import {
  annotate,
  auditTrace,
  hasLabel,
  readTraces,
  summarise,
  type Audit,
  type Audited,
  type Rate,
  type TraceInput,
} from "../src/audit/index.ts";
import { CLASS_OF, LABELS, type Label } from "../src/search/index.ts";
import { sharedPath } from "../src/testing/data.ts";
import { percent } from "./markdown.ts";
import { newTally } from "./peers/support.ts";

const { values } = parseArgs({ options: { page: { type: "string" } } });
const FILE = "traces/game24-gpt4-cot.jsonl";
const EXAMPLES = 10;

const tally = newTally();
const path = sharedPath(FILE);

interface Case extends Audited {
  readonly input: TraceInput;
}

const interval = ({ ci }: Rate) => (ci ? `${percent(ci[0])} to ${percent(ci[1])}` : "");

function withSteps(audit: Audit, keep: (step: Audit["steps"][number]) => boolean): Audit {
  return { ...audit, steps: audit.steps.filter(keep) };
}

function page(cases: readonly Case[]): string {
  const all = summarise("game24", cases);
  const part = (keep: (step: Audit["steps"][number]) => boolean) =>
    summarise(
      "game24",
      cases.map((each) => ({ ...each, audit: withSteps(each.audit, keep) })),
    );
  const inSteps = part(({ kind }) => kind !== "conclude");
  const inConclusion = part(({ kind }) => kind === "conclude");
  const rows = LABELS.map((label) => {
    const cells = [all, inSteps, inConclusion].map(({ failures }) => failures[label]);
    const [any, steps, conclusion] = cells;
    if (!any || !steps || !conclusion) throw new RangeError("three summaries");
    return `| ${label} | ${CLASS_OF[label]} | ${any.traces} | ${percent(any.share)} | ${interval(any)} | ${percent(steps.share)} | ${percent(conclusion.share)} |`;
  });
  const other = [
    ["right answer", all.correct],
    ["no finding at all", all.clean],
    ["no conclusion", all.endings.unknown],
    ["a step that cannot be read", all.unparsable],
  ] as const;
  const defective = cases.filter(
    ({ audit }) => audit.correct === true && audit.firstError >= 0,
  ).length;
  const believed = cases.filter(({ audit }) => audit.correct !== true && reaches24(audit)).length;
  return `# 5,000 GPT-4 traces of the game of 24

The chain-of-thought log of Tree of Thoughts (arXiv 2305.10601, \`princeton-nlp/tree-of-thought-llm\`): GPT-4 at
temperature 0.7, the puzzles ranked 901 to 950, 100 samples each. Every step of every trace was replayed with exact
fractions. Nothing here was judged by a model.

This page is made by

\`\`\`sh
npx tsx scripts/audit-game24.ts --page docs/results/game24-gpt4.md
\`\`\`

## What goes wrong

A trace may have several labels. Intervals are 95% of a bootstrap over the ${all.problems} puzzles,
and Wilson's where no trace has it. A conclusion is the line that
gives the answer, or says that there is none.

| label | class | traces | share | 95% interval | in steps | in the conclusion |
| --- | --- | --: | --: | --- | --: | --: |
${rows.join("\n")}

|  | traces | share | 95% interval |
| --- | --: | --: | --- |
${other.map(([name, rate]) => `| ${name} | ${rate.traces} | ${percent(rate.share)} | ${interval(rate)} |`).join("\n")}

- The verdict agrees with the file's own label on ${all.traces - (all.disagreements ?? 0)} of ${all.traces} traces.
- ${percent(all.parsedSteps ?? 0)} of all steps and conclusions could be read.
- ${believed} traces write 24 as what is left and give no right answer: they believe in a solution that is none.
- ${defective} of ${all.correct.traces} right answers stand under a defective trace.
- ${percent(all.failures["procedure omission"].share)} conclude that there is no solution. Every puzzle has one.

A number that is not there is a boundary violation if it never was, and state staleness if an earlier step has used it.
The answer's own errors (it claims 24 and makes 20) count as execution errors of the conclusion.

## Ten examples

One trace for each kind of thing that goes wrong, the first of the file where the finding is there; then right ones.
\`✗\` wrong, \`~\` no progress.

${examples(cases)
  .map(
    ({ name, input, audit }) =>
      `### ${name}: ${input.family.write(input.problem)}\n\nLine ${input.line} of the file.\n\n\`\`\`text\n${excerpt(annotate(input.trace.text, audit))}\n\`\`\`\n`,
  )
  .join("\n")}`;
}

/** Whether the trace writes 24 as all that is left. */
const reaches24 = ({ steps }: Audit) =>
  steps.some(({ kind, state }) => kind === "visit" && state === "24");

/** At most so many lines of an example are shown. */
const MOST_LINES = 22;

function excerpt(annotated: string): string {
  const lines = annotated.trimEnd().split("\n");
  const shown = lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), "  …"];
  return shown.map((line) => line.trimEnd()).join("\n");
}

function examples(cases: readonly Case[]): (Case & { readonly name: string })[] {
  const used = new Set<Case>();
  const first = (name: string, fits: (each: Case) => boolean) => {
    const found = cases.find((each) => !used.has(each) && fits(each));
    if (!found) return [];
    used.add(found);
    return [{ ...found, name }];
  };
  const inStep = (label: Label) => (each: Case) =>
    hasLabel(
      withSteps(each.audit, ({ kind }) => kind !== "conclude"),
      label,
    );
  const labelled: Label[] = [
    "boundary violation",
    "state staleness",
    "execution error",
    "state revisitation",
    "premature abandonment",
  ];
  return [
    ...labelled.flatMap((label) => first(label, inStep(label))),
    ...first("procedure omission", ({ audit }) => hasLabel(audit, "procedure omission")),
    ...first("unfaithful conclusion", ({ audit }) => hasLabel(audit, "unfaithful conclusion")),
    ...first(
      "a right answer under a wrong trace",
      ({ audit }) => audit.correct === true && audit.firstError >= 0,
    ),
    ...first("a clean trace", ({ audit }) => audit.correct === true && audit.firstError < 0),
    ...first("an unparsable step", ({ audit }) => audit.unparsable > 0),
  ].slice(0, EXAMPLES);
}

if (path === undefined) {
  console.log(`skipped: ${FILE} is not there; set PLACEBO_DATA`);
} else {
  const inputs = await readTraces(path);
  const cases: Case[] = inputs.map((input) => ({
    input,
    problem: input.family.write(input.problem),
    given: input.given,
    audit: auditTrace(input.family, input.problem, input.trace).audit,
  }));
  const all = summarise("game24", cases);
  await tally.check("the verdict agrees with the file's label", () => {
    if (all.disagreements !== 0) throw new Error(`${all.disagreements} differ`);
    return `${all.traces} traces, ${all.correct.traces} right`;
  });
  await tally.check("steps that can be read, at least 97%", () => {
    if ((all.parsedSteps ?? 0) < 0.97) throw new Error(percent(all.parsedSteps ?? 0));
    return percent(all.parsedSteps ?? 0);
  });
  await tally.check("traces without an unreadable step, at least 97%", () => {
    const share = 1 - all.unparsable.share;
    if (share < 0.97) throw new Error(percent(share));
    return percent(share);
  });
  await tally.check("every wrong answer has a finding", () => {
    const silent = cases.filter(
      ({ audit }) => audit.correct === false && audit.firstError < 0 && audit.unparsable === 0,
    );
    if (silent.length > 0)
      throw new Error(`${silent.length} have none, first line ${silent[0]?.input.line}`);
    return `${cases.filter(({ audit }) => audit.correct === false).length} traces`;
  });
  if (values.page !== undefined) {
    await writeFile(values.page, page(cases));
    console.log(`wrote ${values.page}`);
  }
}
tally.end();
