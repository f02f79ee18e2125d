/** Many searches at once: all advance to their next question, which go to the model in one call. */
import type { CallOptions } from "../engine/index.ts";
import { Patience } from "../remote/index.ts";
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
  /** with a server that fails; shared with the searches before and after these */
  readonly patience?: Patience;
}

/**
 * Runs the searches to their ends and gives each as it ends.
 *
 * @throws EngineError `server-failing` behind a round after which the patience is over, when all that ended in it was
 * given; CancelledError
 */
export async function* inLockstep<Id>(
  searches: Iterable<readonly [Id, Search]>,
  proposer: Proposer,
  { signal, onRound, patience = new Patience() }: LockstepOptions = {},
): AsyncGenerator<Ended<Id>> {
  let waiting: Waiting<Id>[] = [];
  for (const [id, search] of searches) {
    const { value, done } = search.next();
    if (done) yield { id, outcome: value };
    else waiting.push({ id, search, question: value });
  }
  while (waiting.length > 0) {
    const opinions = await proposer.ask(
      waiting.map(({ question }) => question),
      { signal },
    );
    const going: Waiting<Id>[] = [];
    for (const [i, { id, search }] of waiting.entries()) {
      const opinion = opinions[i];
      if (!opinion) throw new RangeError("a question without an opinion");
      patience.note(opinion.kind === "failed" ? opinion.reason : null);
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
    if (patience.isOver) throw patience.error("questions");
  }
}
