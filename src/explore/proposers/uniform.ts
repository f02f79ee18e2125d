/** The placebo of the controller: every line is as likely as any other, so the draws decide. No model is asked. */
import { throwIfCancelled } from "../../errors.ts";
import type { Proposer } from "../proposer.ts";
import { bytes } from "../spelling.ts";

export const uniformProposer: Proposer = {
  ...bytes,
  info: { engine: "random" },
  weighs: true,
  contextLength: Infinity,
  ask: async (questions, { signal }) => {
    // Lets a signal in, which nothing else here waits for.
    await new Promise((resolve) => setImmediate(resolve));
    throwIfCancelled(signal, "the exploration");
    return questions.map(({ lines }) => ({
      kind: "likelihoods",
      logprobs: lines.map(() => 0),
      scored: 0,
      read: 0,
    }));
  },
};
