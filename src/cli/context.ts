/** What a command may touch of the outside world. */
import type { CommandContext } from "@stricli/core";
import type { Terminal } from "./ui/terminal.ts";

export interface CliContext extends CommandContext {
  /** results */
  readonly out: Terminal;
  /** notices and errors; of progress with `--json` only where stdout has one line a result, as in `sample` */
  readonly err: Terminal;
  /** for secrets, which come from nowhere else */
  readonly env: NodeJS.ProcessEnv;
  /** fires on the first SIGINT or SIGTERM, and when nobody reads stdout any more */
  readonly signal: AbortSignal;
}

/** What a command's file exports by default. */
export type Action<Options> = (options: Options, context: CliContext) => Promise<void>;
