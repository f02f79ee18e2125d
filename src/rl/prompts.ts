/** Prompts as token ids, and whether they leave room for an answer. */
import type { Engine } from "../engine/index.ts";
import { InputError } from "../errors.ts";
import type { Problem } from "../tasks/index.ts";

function encode({ tokenizer }: Engine, { prompt, namesSpecialTokens }: Problem): readonly number[] {
  return tokenizer.encode(prompt, { addSpecialTokens: namesSpecialTokens !== true });
}

/** Token ids of one problem's prompt. @throws InputError if the context has no room for a completion token */
export function encodePrompt(engine: Engine, problem: Problem): readonly number[] {
  const ids = encode(engine, problem);
  const { contextLength } = engine.info;
  if (ids.length > 0 && ids.length < contextLength) return ids;
  throw new InputError(
    ids.length === 0
      ? `the prompt of problem ${problem.id} has no tokens`
      : `the prompt of problem ${problem.id} has ${ids.length} tokens, and the model reads ${contextLength} in all`,
    {
      code: "prompt-length",
      field: `problems.${problem.id}.prompt`,
      hint: "Leave out such problems, or take a model with a longer context.",
    },
  );
}

/** The problems whose prompts leave room for `room` completion tokens: for callers that would rather drop than fail. */
export function problemsThatFit(
  engine: Engine,
  problems: readonly Problem[],
  room: number,
): readonly Problem[] {
  return problems.filter((problem) => {
    const length = encode(engine, problem).length;
    return length > 0 && length + room <= engine.info.contextLength;
  });
}
