/**
 * An engine proposes by likelihood: constrained decoding at the level of moves. The probability of a line, its newline
 * included, is that of its tokens one after another, so choosing among the open lines by it is exact.
 */
import type { CallOptions, Engine } from "../../engine/index.ts";
import { InputError } from "../../errors.ts";
import type { Opinion, Proposer, Question } from "../proposer.ts";
import { spellingOf, type Spelling } from "../spelling.ts";

type Scorer = Pick<Engine, "info" | "tokenizer" | "score">;

/**
 * Its `info` says, as `exactSpelling`, whether lines that are written one by one have the ids of their whole text.
 *
 * @param sample lines of the family's language, by which the tokenizer's borders of lines are found
 */
export function likelihoodProposer(engine: Scorer, sample: readonly string[]): Proposer {
  const { contextLength } = engine.info;
  const spelling = spellingOf(engine.tokenizer, sample);
  return {
    info: { ...engine.info, exactSpelling: spelling.exact },
    weighs: true,
    contextLength,
    line: (text, isFirst) => spelling.line(text, isFirst),
    prompt: (text) => checked(spelling, text, contextLength),
    ask: (questions, options) => score(engine, questions, options),
  };
}

function checked(spelling: Spelling, text: string, contextLength: number): readonly number[] {
  const ids = spelling.prompt(text);
  if (ids.length > 0 && ids.length < contextLength) return ids;
  throw new InputError(
    `a prompt has ${ids.length} tokens, and the model reads ${contextLength} in all`,
    {
      code: "prompt-length",
      hint: "Give --prompt bare, lower --levels, or a model with a longer context.",
      field: "--prompt",
    },
  );
}

/** All lines of all questions in one call. @throws RangeError where the engine gives fewer than were asked for */
async function score(
  engine: Scorer,
  questions: readonly Question[],
  options: CallOptions,
): Promise<Opinion[]> {
  const asked = questions.map(({ script, lines }) =>
    lines.map((line) => ({ prompt: script.ids, completion_T: script.spell(line) })),
  );
  const statistics = await engine.score(asked.flat(), options);
  let next = 0;
  return asked.map((sequences) => {
    const logprobs = sequences.map(() => {
      const scored = statistics[next++];
      if (!scored) throw new RangeError("a line that the engine gave no likelihood of");
      return scored.logprobs_T.reduce((sum, each) => sum + each, 0);
    });
    const scored = sequences.reduce((sum, { completion_T }) => sum + completion_T.length, 0);
    const before = sequences.reduce((sum, { prompt }) => sum + prompt.length, 0);
    return { kind: "likelihoods", logprobs, scored, read: scored + before };
  });
}
