/** A server answers: one request a sample, several at a time. */
import { uniform } from "../random.ts";
import { Patience, RequestFailed, type RemoteRequest, type Server } from "../remote/index.ts";
import type { Problem, ReadyTemplate } from "../tasks/index.ts";
import type { Answered, AnswerOptions, Answerer, Missed, SamplingSettings } from "./answerer.ts";

export interface ServedOptions extends SamplingSettings {
  /** how a problem becomes messages or text; absent: the text is the task's own */
  readonly template?: ReadyTemplate;
  /** requests at a time */
  readonly concurrency: number;
  readonly info: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly problem: Problem;
  readonly k: number;
}

type Finished = Answered["answers"][number] | Missed;

/** Answers by a server, one request a sample; which are missing in the end is told, and not counted as wrong. */
export class ServedAnswerer implements Answerer {
  readonly info: Readonly<Record<string, unknown>>;
  readonly #server: Server;
  readonly #options: ServedOptions;

  constructor(server: Server, options: ServedOptions) {
    this.#server = server;
    this.#options = options;
    this.info = options.info;
  }

  prompt(problem: Problem): string {
    const prompt = this.#asked(problem);
    return typeof prompt === "string" ? prompt : JSON.stringify(prompt);
  }

  /** Messages, which the server's own chat template renders, or text. */
  #asked(problem: Problem): RemoteRequest["prompt"] {
    const prompt = this.#options.template?.render(problem) ?? { text: problem.prompt };
    return "text" in prompt ? prompt.text : prompt.messages;
  }

  async *answer(
    problems: readonly Problem[],
    { has, signal }: AnswerOptions,
  ): AsyncGenerator<Answered | Missed> {
    const { samples, concurrency } = this.#options;
    const jobs = problems.flatMap((problem) =>
      Array.from({ length: samples }, (_, k) => ({ problem, k })).filter(
        ({ k }) => !has(problem, k),
      ),
    );
    // Requests in flight end with the generator, however it ends.
    const stopping = new AbortController();
    const either = AbortSignal.any([signal, stopping.signal]);
    const flying = new Map<Job, Promise<readonly [Job, Finished]>>();
    const waiting = jobs.values();
    const launch = () => {
      const { value: job } = waiting.next();
      if (!job) return;
      const answered = this.#ask(job, either).then((finished) => [job, finished] as const);
      // It may fail while nobody waits for it; whoever waits next is told.
      answered.catch(() => undefined);
      flying.set(job, answered);
    };
    const patience = new Patience();
    let last = performance.now();
    try {
      for (let i = 0; i < concurrency; i++) launch();
      while (flying.size > 0) {
        const [job, finished] = await Promise.race(flying.values());
        flying.delete(job);
        if ("missed" in finished) {
          patience.note(finished.missed.reason);
          yield finished;
          if (patience.isOver) throw patience.error("samples");
        } else {
          patience.note(null);
          const now = performance.now();
          yield { answers: [finished], seconds: (now - last) / 1000 };
          last = now;
        }
        launch();
      }
    } finally {
      stopping.abort();
      await Promise.allSettled(flying.values());
    }
  }

  async #ask({ problem, k }: Job, signal: AbortSignal): Promise<Finished> {
    const { temperature, topP, maxTokens, seed, template } = this.#options;
    try {
      const { tokens, ...said } = await this.#server.complete(
        {
          prompt: this.#asked(problem),
          temperature,
          topP,
          maxTokens,
          stop: template?.stop,
          seed: Math.floor(uniform(seed, "evaluate", 0, problem.key, k) * 2 ** 31),
        },
        signal,
      );
      return { problem, k, ...said, length: tokens };
    } catch (error) {
      if (error instanceof RequestFailed) return { missed: { problem, k, reason: error.message } };
      throw error;
    }
  }
}
