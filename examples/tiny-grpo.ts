/**
 * GRPO from top to bottom in one file, on the engine port and nothing else: for people who read before they use.
 *
 *   npx tsx examples/tiny-grpo.ts path/to/model-folder [steps]
 *
 * It teaches a small story model (written for stories260K; any Llama-family folder opens) to put a dog into its
 * stories, in about 20 seconds on one core. Every line is the algorithm of src/rl. What src/rl has and this drops:
 *
 * - no KL penalty and no reference policy, no entropy bonus, no learning-rate schedule
 * - one kind of advantage, one loss aggregation (token mean), one clip on both sides
 * - minibatches are dealt like cards instead of shuffled; all rollouts count, truncated or not
 * - no Ungraded, no held-out evaluation, no checkpoints, no records: it prints, and forgets
 */
import { openEngine, type Completion } from "../src/engine/index.ts";

// ---------------------------------------------------------------------------------------------------------------------
// The task: continue an opening. The reward: does the story mention a dog?

const openings = [
  "Once upon a time, there was a",
  "One day, a little girl went to the park. She saw a",
  "Tom was sad. He wanted a",
  "Mom and Ben were at home. They heard a",
  "Lily had a friend. Her friend was a",
  "It was a sunny day. In the garden there was a",
  "Sam opened the big box. Inside was a",
  "The boy ran and ran. Behind him came a",
];

function reward(text: string): number {
  return text.includes("dog") ? 1 : 0;
}

// ---------------------------------------------------------------------------------------------------------------------
// Settings

const G = 16; // rollouts of each opening: the group
const updates = 4; // optimiser updates on each batch of rollouts
const clip = 0.2; // how far a token's probability may move, as a ratio, before its gradient stops
const maxTokens = 24;
const adamW = { learningRate: 5e-4, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0 };

const [model, steps = "20"] = process.argv.slice(2);
if (model === undefined || !/^\d+$/.test(steps)) {
  console.error("usage: npx tsx examples/tiny-grpo.ts path/to/model-folder [steps]");
  process.exit(2);
}

const engine = await openEngine({ model });
const prompts = openings.map((opening) => engine.tokenizer.encode(opening));
console.log(
  `${engine.info.architecture}, ${engine.info.parameters} parameters, ${engine.info.engine}`,
);

/** What the model writes when it always takes the likeliest token. */
async function tell(): Promise<void> {
  const stories = await engine.sample({
    prompts: prompts.slice(0, 3),
    rollouts: 1,
    params: { temperature: 0, maxTokens },
    key: { seed: 0, purpose: "evaluate", step: 0 },
  });
  for (const [p, story] of stories.entries()) console.log(`  ${openings[p]} |${story[0]?.text}`);
}

// ---------------------------------------------------------------------------------------------------------------------
// Training

/** One completion, and how much better it was than the others of its opening. */
interface Rollout {
  prompt: number[];
  completion: Completion;
  advantage: number;
}

await tell();
for (let step = 1; step <= Number(steps); step++) {
  // Sample. Temperature 1: the log-probabilities that come back are those of the policy that sampled.
  const groups = await engine.sample({
    prompts,
    rollouts: G,
    params: { temperature: 1, maxTokens },
    key: { seed: 0, purpose: "sample", step },
  });

  // Reward, and compare within each group: A = (r − mean) / std. A group without spread teaches nothing.
  const rollouts: Rollout[] = [];
  let rewardSum = 0;
  for (const [p, group] of groups.entries()) {
    const rewards = group.map(({ text }) => reward(text));
    const sum = rewards.reduce((total, r) => total + r, 0);
    const squares = rewards.reduce((total, r) => total + (r - sum / G) ** 2, 0);
    const std = Math.sqrt(squares / (G - 1));
    for (const [g, completion] of group.entries()) {
      const advantage = ((rewards[g] ?? 0) - sum / G) / (std + 1e-6);
      rollouts.push({ prompt: prompts[p] ?? [], completion, advantage });
    }
    rewardSum += sum;
  }

  // Several updates on the batch, each on its own share of the rollouts.
  let clipped = 0;
  let gradNormSum = 0;
  for (let update = 0; update < updates; update++) {
    const minibatch = rollouts.filter((_, n) => n % updates === update);
    const sequences = minibatch.map(({ prompt, completion }) => ({
      prompt,
      completion_T: completion.tokens_T,
    }));

    // The policy has moved since it sampled: what does it think of these tokens now?
    const current = await engine.score(sequences);

    // J = mean over tokens of min(ρ·A, clip(ρ, 1 − ε, 1 + ε)·A) with ρ = π/π_old. Its derivative with respect to
    // log π is ρ·A while the clip has not taken over, and 0 once it has. The engine turns that into a gradient.
    const tokens = sequences.reduce((total, { completion_T }) => total + completion_T.length, 0);
    const gradients = minibatch.map(({ completion, advantage }, b) => {
      const coefficients_T = completion.logprobs_T.map((old, t) => {
        const ratio = Math.exp((current[b]?.logprobs_T[t] ?? NaN) - old);
        const stopped = advantage > 0 ? ratio > 1 + clip : advantage < 0 && ratio < 1 - clip;
        if (stopped) clipped++;
        return stopped ? 0 : (ratio * advantage) / tokens;
      });
      return {
        prompt: minibatch[b]?.prompt ?? [],
        completion_T: completion.tokens_T,
        coefficients_T,
      };
    });
    await engine.accumulate(gradients);
    const { gradNorm } = await engine.optimStep({ ...adamW, maxGradNorm: 1 });
    gradNormSum += gradNorm;
  }

  const tokens = rollouts.reduce((total, { completion }) => total + completion.tokens_T.length, 0);
  console.log(
    [
      `step ${String(step).padStart(2)}`,
      `reward ${(rewardSum / rollouts.length).toFixed(3)}`,
      `clipped ${((100 * clipped) / tokens).toFixed(1)}%`,
      `gradient ${(gradNormSum / updates).toFixed(3)}`,
    ].join("  "),
  );
}
await tell();
await engine.close();
