/** A server that speaks OpenAI's protocol: one completion a request, tried again while that may help. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatMessage } from "../engine/index.ts";
import { CancelledError, EngineError, InputError } from "../errors.ts";
import { AnswerError, errorMessage, readAnswer, type RemoteCompletion } from "./answer.ts";
import { Gate } from "./gate.ts";
import type { ApiKey } from "./key.ts";
import { backOff, retryAfter } from "./retry.ts";
import type { Target } from "./target.ts";

export interface ServerOptions extends Target {
  readonly key: ApiKey | undefined;
  /** requests a minute at most; absent: no limit */
  readonly requestsPerMinute?: number;
  /** seconds that one request may take, its answer included */
  readonly timeout: number;
  /** tries of one request after the first */
  readonly retries: number;
}

export interface RemoteRequest {
  /** messages go to `/chat/completions`, where the server's own template renders them; text goes to `/completions` */
  readonly prompt: string | readonly ChatMessage[];
  readonly temperature: number;
  readonly topP?: number;
  readonly maxTokens: number;
  /** strings that end the text, which ends before them */
  readonly stop?: readonly string[];
  /** 0 … 2³¹ − 1 */
  readonly seed: number;
}

/** One request came to nothing; another one may do better. */
export class RequestFailed extends Error {}

/** Above this a `Retry-After` is an appointment and no pause. */
const LONGEST_PAUSE_MS = 3_600_000;

/** Of what fetch says, the part that names the reason. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return `${error.message} (${[code, cause.message].filter(Boolean).join(", ")})`;
}

type Outcome =
  | { readonly kind: "done"; readonly completion: RemoteCompletion }
  | { readonly kind: "retry"; readonly reason: string; readonly after?: number }
  | { readonly kind: "refused"; readonly reason: string; readonly status: number };

type Body = Readonly<Record<string, unknown>>;

/** Fields that some servers do not know, and without which they give the same answers. */
const DISPENSABLE = ["seed", "stream_options"] as const;

/**
 * One OpenAI-compatible server: a completion a request, at most `concurrency` at a time, tried again with growing pauses
 * while that may help. Pauses that it asks for hold back all requests. Keys come from the environment alone.
 */
export class Server {
  readonly #options: ServerOptions;
  readonly #gate: Gate;
  /** fields that this server turned out not to take */
  readonly #without = new Set<string>();
  #limitField: "max_tokens" | "max_completion_tokens" = "max_tokens";

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#gate = new Gate(options.requestsPerMinute);
  }

  /** false once the server has refused a seed: its samples cannot be drawn again */
  get takesSeeds(): boolean {
    return !this.#without.has("seed");
  }

  /**
   * Asks for one completion.
   *
   * 408, 409, 425, 429, 5xx, timeouts, connections that fail or break and garbled answers are tried again, with
   * exponential back-off and jitter, and not before `Retry-After` says so.
   *
   * @throws RequestFailed where that did not help, or where the server refuses this request
   * @throws InputError where it would refuse every request: a wrong key, address or model name
   * @throws EngineError where the server asks for a pause of more than an hour
   * @throws CancelledError
   */
  async complete(request: RemoteRequest, signal: AbortSignal): Promise<RemoteCompletion> {
    for (let attempt = 0; ;) {
      const body = this.#body(request);
      const outcome = await this.#attempt(this.#address(request), body, signal);
      if (outcome.kind === "done") return outcome.completion;
      if (outcome.kind === "refused") {
        if (this.#adapt(outcome, body)) continue;
        throw this.#refusal(outcome);
      }
      if (attempt === this.#options.retries) {
        throw new RequestFailed(`${outcome.reason}; tried ${attempt + 1} times`);
      }
      await this.#pause(outcome, attempt, request.seed, signal);
      attempt += 1;
    }
  }

  async #attempt(address: string, body: Body, signal: AbortSignal): Promise<Outcome> {
    const { timeout, key } = this.#options;
    const redact = (text: string) => key?.redact(text) ?? text;
    try {
      await this.#gate.enter(signal);
      const response = await fetch(address, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(key && { authorization: key.bearer }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]),
      });
      const text = await response.text();
      if (response.ok) {
        const type = response.headers.get("content-type") ?? "";
        return { kind: "done", completion: readAnswer(text, type) };
      }
      const { status } = response;
      const reason = redact(`${status} ${errorMessage(text)}`.trim());
      if (![408, 409, 425, 429].includes(status) && status < 500) {
        return { kind: "refused", reason, status };
      }
      const after = retryAfter(response.headers.get("retry-after"), Date.now());
      return { kind: "retry", reason, after };
    } catch (error) {
      if (signal.aborted) throw new CancelledError("the evaluation");
      if (error instanceof AnswerError && !error.broken) {
        return { kind: "refused", reason: redact(error.message), status: 200 };
      }
      return { kind: "retry", reason: redact(reasonOf(error)) };
    }
  }

  async #pause(
    { after, reason }: Extract<Outcome, { kind: "retry" }>,
    attempt: number,
    draw: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (after !== undefined && after > LONGEST_PAUSE_MS) {
      const minutes = Math.ceil(after / 60_000);
      throw new EngineError(`${this.#options.baseUrl} asks for a pause of ${minutes} minutes`, {
        code: "server-pause",
        hint: `It said: ${reason}. What is there is kept: start the same command again then.`,
      });
    }
    // A server that turns one request away would turn away all.
    if (after !== undefined) this.#gate.pause(after);
    // The longer of the two: a server that says "now" while it fails would use up all tries at once.
    await sleep(backOff(attempt, draw), undefined, { signal }).catch(() => {
      throw new CancelledError("the evaluation");
    });
  }

  #address({ prompt }: RemoteRequest): string {
    const path = typeof prompt === "string" ? "completions" : "chat/completions";
    return `${this.#options.baseUrl}/${path}`;
  }

  /** Streamed, because Node's fetch gives up on a connection that is silent for five minutes. */
  #body({ prompt, temperature, topP, maxTokens, stop = [], seed }: RemoteRequest): Body {
    const fields = {
      model: this.#options.model,
      ...(typeof prompt === "string" ? { prompt } : { messages: prompt }),
      temperature,
      ...(topP === undefined ? {} : { top_p: topP }),
      [this.#limitField]: maxTokens,
      ...(stop.length === 0 ? {} : { stop }),
      seed,
      stream: true,
      stream_options: { include_usage: true },
    };
    return Object.fromEntries(Object.entries(fields).filter(([name]) => !this.#without.has(name)));
  }

  /** Leaves out or renames the field that the refusal names. @returns whether another try makes sense */
  #adapt({ reason, status }: Extract<Outcome, { kind: "refused" }>, sent: Body): boolean {
    if (status !== 400 && status !== 422) return false;
    const names = (field: string) => new RegExp(`\\b${field}\\b`).test(reason);
    const unknown = DISPENSABLE.find((field) => field in sent && names(field));
    if (unknown) this.#without.add(unknown);
    const isRenamed = "max_tokens" in sent && names("max_completion_tokens");
    if (isRenamed) this.#limitField = "max_completion_tokens";
    return unknown !== undefined || isRenamed;
  }

  #refusal({ reason, status }: Extract<Outcome, { kind: "refused" }>): Error {
    const { baseUrl, model, key } = this.#options;
    if (status === 401 || status === 403) {
      return new InputError(
        `${baseUrl} refuses ${key ? "the key" : "requests without a key"}: ${reason}`,
        {
          code: "server-key",
          hint: "Set OPENAI_API_KEY to the server's key, or name its variable with --api-key-env.",
          field: "--model",
        },
      );
    }
    if (status === 404) {
      return new InputError(`${baseUrl} does not serve ${model}: ${reason}`, {
        code: "server-not-found",
        hint: "The address mostly ends in /v1, and the name after # is one of those that /models lists.",
        field: "--model",
      });
    }
    return new RequestFailed(reason);
  }
}
