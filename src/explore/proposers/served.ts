/**
 * A model on a server proposes by writing: likelihoods of given text are not to be had there. It is asked for the next
 * line, and asked again, with what was wrong, where that line is no open move.
 */
import type { CallOptions, ChatMessage } from "../../engine/index.ts";
import {
  Patience,
  RequestFailed,
  type RemoteCompletion,
  type RemoteRequest,
  type Server,
} from "../../remote/index.ts";
import type { Opinion, Proposer, Question } from "../proposer.ts";
import { unknown } from "../spelling.ts";

export interface ServedProposerOptions {
  /** chat: the server's own template; completions: the trace is continued as text */
  readonly api: "chat" | "completions";
  readonly temperature: number;
  /** times that the model is asked for one move at most; once where the same question has the same answer */
  readonly tries: number;
  /** requests at a time */
  readonly concurrency: number;
  readonly info: Readonly<Record<string, unknown>>;
}

/** Room for one line, and for thoughts before it. */
const LINE_TOKENS = 1024;

/** Moves by a server, which names a line; it gives no likelihoods, so only strategies that choose one move can use it. */
export function servedProposer(server: Server, options: ServedProposerOptions): Proposer {
  return {
    ...unknown,
    info: options.info,
    weighs: false,
    contextLength: Infinity,
    ask: (questions, { signal = new AbortController().signal }: CallOptions) => {
      const patience = new Patience();
      const { concurrency: most } = options;
      return severalAtATime(questions, { most, signal }, async (question, either) => {
        // A round of questions to a server that is gone would otherwise wait for each of them.
        if (patience.isOver) return { kind: "failed", reason: patience.reason };
        const opinion = await ask(server, question, options, either);
        patience.note(opinion.kind === "failed" ? opinion.reason : null);
        return opinion;
      });
    },
  };
}

/** @returns the results in the order of the items. What is in flight when one fails is stopped */
async function severalAtATime<T, R>(
  items: readonly T[],
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await work(item, either);
  };
  const workers = Array.from({ length: Math.min(most, items.length) }, worker);
  try {
    await Promise.all(workers);
    return results;
  } finally {
    stopping.abort();
    await Promise.allSettled(workers);
  }
}

async function ask(
  server: Server,
  { script, lines, draw }: Question,
  { api, tries, temperature }: ServedProposerOptions,
  signal: AbortSignal,
): Promise<Opinion> {
  const messages: ChatMessage[] = [{ role: "user", content: chatText(script.prompt, script.text) }];
  let tokens = 0;
  let isEstimate = false;
  try {
    for (let attempt = 0; attempt < tries && tokens < script.room; attempt++) {
      // Continued as text, the same question has the same answer where nothing is drawn.
      if (api === "completions" && temperature === 0 && attempt > 0) break;
      const maxTokens = Math.min(LINE_TOKENS, script.room - tokens);
      const request: RemoteRequest = {
        prompt: api === "chat" ? messages : `${script.prompt}${script.lines.map(ended).join("")}`,
        temperature,
        maxTokens,
        stop: api === "chat" ? undefined : ["\n"],
        seed: Math.floor(draw(attempt) * 2 ** 31),
      };
      const said = await server.complete(request, signal);
      tokens += said.tokens ?? Math.min(bytesOf(said), maxTokens);
      isEstimate ||= said.tokens === null;
      const index = lineIn(said.text, lines);
      if (index !== null) return { kind: "pick", index, tokens, isEstimate };
      messages.push(
        { role: "assistant", content: said.text },
        { role: "user", content: "This is no move that is open here. Write another next line." },
      );
    }
    return { kind: "pick", index: null, tokens, isEstimate };
  } catch (error) {
    if (error instanceof RequestFailed) return { kind: "failed", reason: error.message };
    throw error;
  }
}

/** A token has a byte or more, so the budget is charged too much rather than too little for what the server shows. */
const bytesOf = ({ text, reasoning = "" }: RemoteCompletion) =>
  Buffer.byteLength(text) + Buffer.byteLength(reasoning);

const ended = (line: string) => `${line}\n`;

const chatText = (prompt: string, trace: string) =>
  `${prompt}\nThe trace so far:\n${trace}\n\nWrite the next line of the trace, and nothing else.`;

/** Without spaces and what stands around a line. */
const bare = (line: string) => line.replaceAll(/[\s`]/g, "").replace(/;$/, "");

/** Position of the first line of the text that is one of these. */
function lineIn(text: string, lines: readonly string[]): number | null {
  const known = lines.map(bare);
  for (const line of text.split("\n")) {
    const at = known.indexOf(bare(line));
    if (at >= 0) return at;
  }
  return null;
}
