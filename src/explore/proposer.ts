/** Whoever proposes moves: what a model says about the lines that may come next. */
import type { CallOptions } from "../engine/index.ts";
import type { Script } from "./script.ts";
import type { Spelling } from "./spelling.ts";

/** Which of these lines comes next? All are legal and lead to states that were not visited. */
export interface Question {
  /** prompt and trace so far */
  readonly script: Script;
  /** two or more, all different */
  readonly lines: readonly string[];
  /** uniform numbers in [0, 1) for whatever is drawn to answer it */
  readonly draw: (n: number) => number;
}

export type Opinion =
  | {
      readonly kind: "likelihoods";
      /** log-probability of each line behind the text so far */
      readonly logprobs: readonly number[];
      /** tokens whose likelihood was asked for, and tokens read for it, the text before them included */
      readonly scored: number;
      readonly read: number;
    }
  | {
      readonly kind: "pick";
      /** position of the line that the model wrote; null where it wrote none of them */
      readonly index: number | null;
      /** tokens that it generated, all tries together: what the budget is charged */
      readonly tokens: number;
      /** the server did not count some of them: the UTF-8 bytes of what it showed stand in, at most what it was allowed */
      readonly isEstimate?: boolean;
    }
  | { readonly kind: "failed"; readonly reason: string };

export interface Proposer extends Spelling {
  /** for records */
  readonly info: Readonly<Record<string, unknown>>;
  /** whether its opinions are likelihoods */
  readonly weighs: boolean;
  /** tokens of prompt and trace together, at most */
  readonly contextLength: number;
  /**
   * @returns an opinion a question, in their order. `search` checks them
   * @throws CancelledError
   */
  ask(questions: readonly Question[], options: CallOptions): Promise<readonly Opinion[]>;
}
