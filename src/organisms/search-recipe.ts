/** What a searcher's corpus is: traces of a family of search, systematic ones and ones that wander. */
import { z } from "zod";
import { searchFamily } from "../search/index.ts";

const share = z.number().min(0).max(1);

/** How a writer of traces wanders: arXiv 2505.20296, section 4, as chances. All 0: systematic. */
export const wanderingSchema = z
  .strictObject({
    skip: share
      .default(0)
      .describe("P(a child is left out), each child of a state with several: the paper's p_w"),
    revisit: share.default(0).describe("P(a child is explored again), each return to its parent"),
    unwind: share
      .default(0)
      .describe("P(the state above is left as well, whatever is open there), each exhausted state"),
    quit: share.default(0).describe("P(it concludes early), each return"),
    miscount: share.default(0).describe("P(the conclusion leaves out one of the goals found)"),
  })
  .describe("what wandering traces do wrong");

/** Families whose traces the searchers' tokenizer knows. */
const FAMILIES = ["permutations"] as const;

export const searchCorpusSchema = z
  .strictObject({
    family: z.enum(FAMILIES).default("permutations").describe("problem family"),
    levels: z
      .array(
        z.strictObject({
          level: z.number().int().positive().describe("of difficulty, from 1"),
          weight: z.number().positive().describe("how often it occurs beside the others"),
        }),
      )
      .min(1)
      .default([1, 2, 3].map((level) => ({ level, weight: 1 })))
      .describe("levels of difficulty, and how often each occurs"),
    wandering: share.default(0).describe("P(a trace wanders)"),
    habits: wanderingSchema.prefault({}),
  })
  .superRefine(({ family, levels }, context) => {
    const { difficulty } = searchFamily(family);
    for (const [i, { level }] of levels.entries()) {
      if (level <= difficulty.levels) continue;
      const message = `${family} has ${difficulty.levels} levels (${difficulty.meaning})`;
      context.addIssue({ code: "custom", message, path: ["levels", i, "level"], input: level });
    }
  });

export type SearchCorpus = z.output<typeof searchCorpusSchema>;
export type Wandering = z.output<typeof wanderingSchema>;
