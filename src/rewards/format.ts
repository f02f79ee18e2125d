/** The format reward: an answer in a box, whatever it is. */
import { z } from "zod";
import { lastBoxed } from "../tasks/index.ts";
import { defineReward } from "./define.ts";

/** Normalisation that decides emptiness: a leading colon and a trailing full stop or slash are no content. */
const PUNCTUATION = /^[\s:]+|[\s./]+$/g;

export const format = defineReward({
  name: "format",
  scope: "sample",
  description: "1 if the last \\boxed{…} holds anything",
  source: "arXiv 2506.10947, format (`box_only_format`)",
  params: z.strictObject({}),
  score: ({ rollout }) => {
    const content = lastBoxed(rollout.text) ?? "";
    return { value: content.replaceAll(PUNCTUATION, "") === "" ? 0 : 1 };
  },
});
