/** What a proposer says, checked: nothing that is no number, or lies out of range, may decide a search. */
import type { Opinion } from "./proposer.ts";

/** How far the float32 log-probabilities of a certain line may sum to above 0. */
const ROUNDING = 1e-3;

/**
 * @param lines that were asked about
 * @throws RangeError that names what is wrong: a likelihood and its line, a position, a number of tokens
 */
export function checkOpinion(opinion: Opinion, lines: readonly string[]): void {
  switch (opinion.kind) {
    case "likelihoods":
      checkLikelihoods(opinion.logprobs, lines);
      checkCount("tokens scored", opinion.scored);
      checkCount("tokens read", opinion.read);
      break;
    case "pick": {
      const { index, tokens } = opinion;
      if (index !== null && lines[index] === undefined) {
        throw new RangeError(`line ${index} was chosen, of ${lines.length} open ones from 0`);
      }
      checkCount("tokens generated", tokens);
      break;
    }
    case "failed":
      break;
  }
}

/** A line may be impossible (−∞), but not all of them: then nothing says which comes next. */
function checkLikelihoods(logprobs: readonly number[], lines: readonly string[]): void {
  if (logprobs.length !== lines.length) {
    throw new RangeError(`${logprobs.length} log-likelihoods for ${lines.length} lines`);
  }
  for (const [i, logprob] of logprobs.entries()) {
    if (logprob <= ROUNDING) continue;
    throw new RangeError(
      `the log-likelihood of ${JSON.stringify(lines[i])} must be at most 0, not ${logprob}`,
    );
  }
  if (logprobs.every((logprob) => logprob === -Infinity)) {
    throw new RangeError(`the log-likelihood of every open line is -Infinity: ${lines.join(" ")}`);
  }
}

function checkCount(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`the number of ${what} must be a whole number from 0, not ${value}`);
}
