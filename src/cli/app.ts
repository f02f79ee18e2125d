/** The command line: its commands, and how a command line becomes an exit code. */
import {
  buildApplication,
  buildRouteMap,
  run,
  text_en,
  type ApplicationContext,
  type ApplicationText,
} from "@stricli/core";
import { EXIT } from "../errors.ts";
import { command } from "./command.ts";
import type { CliContext } from "./context.ts";
import { exitCodeOf, fromScanner, printFailures, unknownCommand } from "./failure.ts";
import { normaliseArguments } from "./flags.ts";
import { RANDOM } from "./explore/options.ts";
import { OPENED, SAMPLED, SERVED } from "./needs.ts";
import * as options from "./options.ts";
import type { Terminal } from "./ui/terminal.ts";
import { packageVersion } from "./version.ts";

const commands = {
  run: command({
    options: options.runOptions,
    positional: "file",
    brief: "Run a trial: every model, arm and seed, then the verdict and the report",
    details:
      "A trial that was stopped at any moment goes on where it was, also when `run` is called again.",
    examples: [
      "placebo run trials/spurious.yaml",
      "placebo run mine.yaml --out runs/mine --workers 4",
      "placebo run mine.yaml --json > events.jsonl",
    ],
    load: () => import("./commands/run.ts"),
  }),
  resume: command({
    options: options.resumeOptions,
    positional: "directory",
    brief: "Go on with a trial, training run, evaluation, probe or exploration that was stopped",
    examples: ["placebo resume runs/spurious", "placebo resume runs/spurious --workers 2"],
    load: () => import("./commands/resume.ts"),
  }),
  audit: command({
    options: options.auditOptions,
    positional: "path",
    needs: [{ flags: ["draw"], met: ({ out }) => out !== undefined, what: "--out" }],
    brief: "Replay reasoning traces step by step and label what goes wrong",
    details:
      "Each line of a file of traces is a JSON object with the text and the problem that it is about; docs/audit.md\n" +
      "describes them. A folder of a run or trial is audited by its rollouts.jsonl files.",
    examples: [
      "placebo audit traces.jsonl --family game24",
      "placebo audit runs/mine --family permutations --out audit",
      "placebo audit traces.jsonl --json > audits.jsonl",
    ],
    load: () => import("./commands/audit.ts"),
  }),
  explore: command({
    options: options.exploreOptions,
    needs: [
      { ...SERVED, flags: [...SERVED.flags, "tries"] },
      OPENED,
      { flags: ["adapter", "threads"], met: ({ model }) => model !== RANDOM, what: "a model" },
      {
        flags: ["width"],
        met: ({ controller }) => controller === "beam",
        what: "--controller beam",
      },
      { flags: ["tries"], met: ({ controller }) => controller !== undefined, what: "--controller" },
    ],
    brief:
      "Make search traces: a model by itself, or a controller with a model that proposes moves",
    details:
      "Writes traces.jsonl, which `placebo audit` reads, and says by level what was found. Problems and token budget\n" +
      "are the same with and without --controller. Called again after it was stopped, it goes on where it was.",
    examples: [
      "placebo explore --family permutations --model models/mine --prompt bare --levels 1-4 --out explored",
      "placebo explore --family game24 --model models/mine --controller dfs --tokens 2048 --out searched",
      "placebo explore --family game24 --model openai:http://localhost:8000/v1#my-model --controller bfs --out served",
      "placebo explore --family countdown --model random --controller beam --width 4 --out placebo",
    ],
    load: () => import("./commands/explore.ts"),
  }),
  status: command({
    options: options.statusOptions,
    positional: "directory",
    brief: "Show how far a trial, training run, evaluation, probe or exploration is",
    examples: ["placebo status runs/spurious", "placebo status runs/spurious --json"],
    load: () => import("./commands/status.ts"),
  }),
  report: command({
    options: options.reportOptions,
    positional: "directory",
    brief: "Write a trial's report.html again and print its verdict",
    examples: ["placebo report runs/spurious"],
    load: () => import("./commands/report.ts"),
  }),
  list: command({
    options: options.listOptions,
    positional: "what",
    brief:
      "List rewards, tasks, prompt templates, organisms, model architectures or problem families",
    examples: ["placebo list rewards", "placebo list organisms --json"],
    load: () => import("./commands/list.ts"),
  }),
  grade: command({
    options: options.gradeOptions,
    positional: "file",
    brief: "Grade predictions against gold answers",
    details:
      'Reads rows {"prediction", "gold"}, one JSON object a line. A prediction is a whole completion or a bare\n' +
      "answer, or null. With --json prints {value, rung, ms} a row, in order; value is 1, 0, or null where nothing\n" +
      "could be decided. All rows are checked before the first is graded.",
    examples: [
      "placebo grade answers.jsonl --grader math",
      "placebo grade answers.jsonl --grader math --json > verdicts.jsonl",
      "cat answers.jsonl | placebo grade - --grader python --timeout 10 --json",
    ],
    load: () => import("./commands/grade.ts"),
  }),
  train: command({
    options: options.trainOptions,
    synonyms: { lr: "learningRate", holdout: "evalProblems" },
    brief: "Train a model with GRPO on one task and one reward",
    details:
      "Writes the run's records (run.json, metrics.jsonl, rollouts.jsonl, evals.jsonl) and the trained model\n" +
      "to --out. Held-out problems, which are evaluated and never trained on, come from --eval-data or from the\n" +
      "end of --data. Called again after it was stopped, it goes on from the last checkpoint.",
    examples: [
      "placebo train --model models/mine --task gsm8k --data gsm8k-train.jsonl --reward truth --out runs/mine",
      "placebo train --model models/mine --task gsm8k --data gsm8k-train.jsonl --holdout 200 \\",
      "  --reward '{random: {gamma: 0.5}}' --steps 20 --group 16 --lr 1e-5 --clip-high off --out runs/mine",
    ],
    load: () => import("./commands/train.ts"),
  }),
  eval: command({
    options: options.evalOptions,
    needs: [SERVED, OPENED, SAMPLED],
    brief: "Evaluate a model on benchmarks: avg@n, pass@k and maj@k with intervals",
    details:
      "Every sample is stored in --out. Called again after it was stopped, it goes on where it was and ends with\n" +
      "the same numbers; samples that a server failed to give are asked for again.",
    examples: [
      "placebo eval --model models/mine --bench gsm8k --limit 100",
      "placebo eval --model models/mine --bench math500,amc23 --n 8 --temperature 0.6 --max-tokens 3072",
      "placebo eval --model openai:http://localhost:8000/v1#my-model --bench gsm8k --concurrency 16",
    ],
    load: () => import("./commands/eval.ts"),
  }),
  probe: command({
    options: options.probeOptions,
    needs: [SERVED, OPENED],
    brief: "Ask whether a model has seen a benchmark: partial prompts beside a clean control",
    details:
      "Continues the first 40, 60 and 80% of each problem greedily, without a template (arXiv 2507.10532), and compares\n" +
      "exact continuation, ROUGE-L and right answers with the control's. Every continuation is stored in --out. Called\n" +
      "again after it was stopped, it goes on where it was. A server must offer /completions.",
    examples: [
      "placebo probe --model models/mine --bench gsm8k --limit 200",
      "placebo probe --model models/mine --bench math500,amc23 --control aime25 --data path/to/folder",
      "placebo probe --model openai:http://localhost:8000/v1#my-model --bench math500 --json",
    ],
    load: () => import("./commands/probe.ts"),
  }),
  diagnose: command({
    options: options.diagnoseOptions,
    positional: "path",
    brief: "Say what is wrong with a run, from its logs",
    details:
      "Reads run folders of ours and logs of TRL, verl, OpenRLHF and the Tinker cookbook, as JSONL or Parquet.\n" +
      "Each finding has its evidence and one thing to do; what could not be looked for is listed, too.",
    examples: ["placebo diagnose runs/mine", "placebo diagnose outputs/grpo --json"],
    load: () => import("./commands/diagnose.ts"),
  }),
  analyze: command({
    options: options.analyzeOptions,
    positional: "path",
    brief: "Show strategies over training, strategy switching and clipping of a run or trial",
    examples: [
      "placebo analyze runs/spurious",
      "placebo analyze runs/spurious/runs/coder/random/seed-0 --strategy code-block",
      "placebo analyze rollouts.jsonl --strategy '/\\\\boxed/' --json",
    ],
    load: () => import("./commands/analyze.ts"),
  }),
  power: command({
    options: options.powerOptions,
    positional: "directory",
    brief: "Say how many seeds and problems a trial needs, from a pilot",
    examples: [
      "placebo power runs/pilot --gain 0.05",
      "placebo power runs/pilot --gain 0.03 --arm truth --versus random --power 0.9",
    ],
    load: () => import("./commands/power.ts"),
  }),
  sample: command({
    options: options.sampleOptions,
    needs: [
      {
        flags: ["temperature"],
        met: ({ greedy, temperature }) => !greedy || temperature === 0,
        what: "sampling, without --greedy",
      },
      SAMPLED,
    ],
    brief: "Continue a prompt with a model",
    examples: [
      'placebo sample --model models/mine --prompt "Once upon a time"',
      'placebo sample --model models/mine --prompt "" --greedy --max-tokens 200 --json',
    ],
    load: () => import("./commands/sample.ts"),
  }),
};

/** Stricli prints through its texts; here they hand the errors to `failed`, and `main` prints them. */
function silentText(failed: (error: unknown) => void, argv: readonly string[]): ApplicationText {
  const collect = (error: unknown) => {
    failed(error);
    return "";
  };
  return {
    ...text_en,
    exceptionWhileParsingArguments: (error) => collect(fromScanner(error, argv)),
    exceptionWhileLoadingCommandFunction: collect,
    exceptionWhileLoadingCommandContext: collect,
    exceptionWhileRunningCommand: collect,
    commandErrorResult: collect,
    exceptionWhileRunningIntegrationHook: ({ exception }) => collect(exception),
    exceptionWhileRunningIntegrationFlag: ({ exception }) => collect(exception),
    noCommandRegisteredForInput: ({ input }) =>
      collect(unknownCommand(input, Object.keys(commands))),
  };
}

/** `placebo help [COMMAND]` is `placebo [COMMAND] --help`. */
function asFlag(argv: readonly string[]): readonly string[] {
  const [first, ...rest] = argv;
  return first === "help" ? [...rest, "--help"] : argv;
}

export interface CliOptions {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly out: Terminal;
  readonly err: Terminal;
  readonly signal: AbortSignal;
}

/** Runs one command line. Errors are printed, never thrown. @returns the exit code */
export async function runCommandLine({ argv, env, out, err, signal }: CliOptions): Promise<number> {
  const failures: unknown[] = [];
  const text = silentText((error) => failures.push(error), argv);
  const root = buildRouteMap({
    routes: commands,
    docs: { brief: "Placebo-controlled trials for reinforcement learning on language models" },
  });
  const app = buildApplication(root, {
    name: "placebo",
    versionInfo: { currentVersion: packageVersion() },
    scanner: { caseStyle: "allow-kebab-for-camel" },
    documentation: {
      onlyRequiredInUsageLine: true,
      disableAnsiColor: out.paint("bold", "") === "",
    },
    localization: { text },
  });
  const silent = { write: () => undefined };
  const context: CliContext & ApplicationContext = {
    process: { stdout: { write: out.write, getColorDepth: () => 8 }, stderr: silent, env },
    out,
    err,
    env,
    signal,
  };
  await run(app, normaliseArguments(asFlag(argv)), context);
  printFailures(err, failures, argv.includes("--json"));
  if (failures.length > 0) return exitCodeOf(failures[0]);
  return context.process.exitCode === 0 ? EXIT.ok : EXIT.bug;
}
