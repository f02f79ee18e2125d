/** Semantic-entropy minimisation (EMPO): an answer earns the share of the group that agrees with it. */
import { z } from "zod";
import { isUngraded } from "../tasks/index.ts";
import { defineReward } from "./define.ts";
import { answerOf } from "./support.ts";

/** Number of rollouts that agree with each answer, itself included. One after the other: an answer joins the first. */
async function clusterSizes(
  answers: readonly string[],
  agree: (a: string, b: string) => Promise<boolean>,
): Promise<Map<string, number>> {
  const clusters: {
    readonly representative: string;
    readonly members: Set<string>;
    size: number;
  }[] = [];
  const clusterOf = async (answer: string) => {
    for (const cluster of clusters) {
      if (cluster.members.has(answer)) return cluster;
      if (await agree(answer, cluster.representative)) return cluster;
    }
    return undefined;
  };
  for (const answer of answers) {
    const cluster = await clusterOf(answer);
    if (cluster) {
      cluster.members.add(answer);
      cluster.size++;
    } else clusters.push({ representative: answer, members: new Set([answer]), size: 1 });
  }
  return new Map(
    clusters.flatMap(({ members, size }) =>
      Array.from(members, (member) => [member, size] as const),
    ),
  );
}

/**
 * Answers are clustered by the task's grading. Where no two rollouts agree the group's semantic entropy is log G, its
 * maximum, and the whole group earns 0, as in the released code; a rollout without an answer agrees with nobody.
 */
export const empo = defineReward({
  name: "empo",
  scope: "group",
  description: "share of the group that gives the same answer; 0 without an answer",
  source: "EMPO, arXiv 2504.05812",
  params: z.strictObject({}),
  scoreGroup: async ({ task, problem, rollouts_G }) => {
    const agree = async (a: string, b: string) => {
      const grade = await task.grade(a, b, problem);
      return !isUngraded(grade) && grade.value === 1;
    };
    const answers_G = rollouts_G.map(answerOf);
    const sizes = await clusterSizes(
      answers_G.filter((answer) => answer !== null),
      agree,
    );
    const agreed = Array.from(sizes.values()).some((size) => size > 1);
    return answers_G.map((answer) => {
      const size = answer === null || !agreed ? 0 : sizes.get(answer);
      return { value: (size ?? 0) / rollouts_G.length };
    });
  },
});
