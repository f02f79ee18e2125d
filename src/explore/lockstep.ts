/** Many searches at once: all advance to their next question, which go to the model in one call. */
import type { CallOptions } from "../engine/index.ts";
import { EngineError } from "../errors.ts";
import type { Proposer, Question } from "./proposer.ts";
import type { Outcome, Search } from "./search.ts";

export type Ended<Id> =
  | { readonly id: Id; readonly outcome: Outcome }
  | { readonly id: Id; readonly failed: string };

interface Waiting<Id> {
  readonly id: Id;
  readonly search: Search;
  readonly question: Question;
}

export interface LockstepOptions extends Pick<CallOptions, "signal"> {
  /** called after each round */
  readonly onRound?: () => void;
}

/**
 * Runs the searches to their ends and gives each as it ends.
 *
 * @throws EngineError where no question was ever answered; CancelledError
 */
export async function* inLockstep<Id>(
  searches: Iterable<readonly [Id, Search]>,
  proposer: Proposer,
  { signal, onRound }: LockstepOptions = {},
): AsyncGenerator<Ended<Id>> {
  let waiting: Waiting<Id>[] = [];
  for (const [id, search] of searches) {
    const { value, done } = search.next();
    if (done) yield { id, outcome: value };
    else waiting.push({ id, search, question: value });
  }
  let answered = false;
  while (waiting.length > 0) {
    const opinions = await proposer.ask(
      waiting.map(({ question }) => question),
      { signal },
    );
    const failures = opinions.flatMap((each) => (each.kind === "failed" ? each.reason : []));
    answered ||= failures.length < opinions.length;
    if (!answered && failures[0] !== undefined) throw noneAnswered(failures[0]);
    const going: Waiting<Id>[] = [];
    for (const [i, { id, search }] of waiting.entries()) {
      const opinion = opinions[i];
      if (!opinion) throw new RangeError("a question without an opinion");
      if (opinion.kind === "failed") {
        yield { id, failed: opinion.reason };
        continue;
      }
      const { value, done } = search.next(opinion);
      if (done) yield { id, outcome: value };
      else going.push({ id, search, question: value });
    }
    waiting = going;
    onRound?.();
  }
}

function noneAnswered(reason: string): EngineError {
  return new EngineError(`the server answered no question of any search; it says: ${reason}`, {
    code: "server-failing",
    hint: "What is there is kept: start the same command again when the server is well.",
  });
}
