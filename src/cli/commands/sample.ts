/** `placebo sample`: continues a prompt and shows the statistics of what it chose. */
import { availableParallelism } from "node:os";
import { openEngine, type Completion, type Engine } from "../../engine/index.ts";
import { InputError } from "../../errors.ts";
import type { Action } from "../context.ts";
import { modelFolder } from "../model.ts";
import type { SampleOptions } from "../options.ts";
import { decimal, duration, plural } from "../ui/format.ts";
import type { Terminal } from "../ui/terminal.ts";

/** Ids of the prompt; an empty one starts from the begin token. */
function promptTokens(engine: Engine, { model, prompt }: SampleOptions): readonly number[] {
  const tokens = engine.tokenizer.encode(prompt);
  if (tokens.length > 0) return tokens;
  const { bos } = engine.tokenizer;
  if (bos !== undefined) return [bos];
  throw new InputError(
    `${model}: an empty prompt needs a begin token, and its tokenizer has none`,
    {
      code: "prompt-empty",
      hint: "Give a prompt of at least one token with --prompt.",
      field: "--prompt",
      file: model,
    },
  );
}

/** The same numbers as the engine gave, as plain arrays. */
function toJson({ tokens_T, text, finish, ...stats }: Completion): unknown {
  return {
    tokens: tokens_T,
    text,
    logprobs: Array.from(stats.logprobs_T),
    selfCertainty: Array.from(stats.selfCertainty_T),
    entropy: Array.from(stats.entropy_T),
    finish,
  };
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function print(out: Terminal, prompt: string, completion: Completion): void {
  const { tokens_T, text, finish, logprobs_T, selfCertainty_T, entropy_T } = completion;
  const statistics = [
    plural(tokens_T.length, "token"),
    finish === "stop" ? "stopped by itself" : "cut at the limit",
    `log-probability ${decimal(mean(logprobs_T))}`,
    `entropy ${decimal(mean(entropy_T))}`,
    `self-certainty ${decimal(mean(selfCertainty_T))}`,
  ];
  out.line(out.paint("dim", prompt) + text);
  out.line(out.paint("cyan", `  ${statistics.join(" · ")}`));
}

const sample: Action<SampleOptions> = async (options, context) => {
  const { out, signal } = context;
  const { prompt, n, json, maxTokens, topK, topP, stop, seed } = options;
  const threads = availableParallelism();
  // Each line of stdout is a completion.
  const events = context.err;
  const model = await modelFolder(options.model, context, { json, threads, events });
  const engine = await openEngine({ model, adapter: options.adapter, threads });
  try {
    const started = performance.now();
    const groups = await engine.sample(
      {
        prompts: [promptTokens(engine, options)],
        rollouts: n,
        params: {
          temperature: options.greedy ? 0 : options.temperature,
          maxTokens,
          topK,
          topP,
          stop,
        },
        key: { seed, purpose: "sample", step: 0 },
      },
      { signal },
    );
    const seconds = (performance.now() - started) / 1000;
    const completions = groups.flat();
    for (const completion of completions) {
      if (json) out.json(toJson(completion));
      else print(out, prompt, completion);
    }
    const tokens = completions.reduce((sum, { tokens_T }) => sum + tokens_T.length, 0);
    const speed = `${plural(tokens, "token")} in ${duration(seconds)}`;
    if (!json) out.line(out.paint("dim", speed));
  } finally {
    await engine.close();
  }
};

export default sample;
