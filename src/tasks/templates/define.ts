/** What a prompt template is: how a question becomes what a model reads. */
import type { z } from "zod";
import type { ChatMessage } from "../../engine/index.ts";

/** Text that the model reads as it stands, or messages that its own chat template renders. */
export type Prompt = { readonly text: string } | { readonly messages: readonly ChatMessage[] };

export interface Template<Params = unknown> {
  /** kebab-case name in trial files */
  readonly name: string;
  readonly description: string;
  /** paper or code that it follows */
  readonly source: string;
  readonly params: z.ZodType<Params>;
  /** strings that end a completion, which keeps them in its text */
  stop(params: Params): readonly string[];
  render(question: string, params: Params): Prompt;
}

/** Declares a template; the identity function, for its types. */
export function defineTemplate<Params>(template: Template<Params>): Template<Params> {
  return template;
}

/** The place of the question in a text. */
export const QUESTION = "{question}";

/** Puts the question, whatever characters it holds, into each place that the text has for it. */
export function fill(text: string, question: string): string {
  return text.split(QUESTION).join(question);
}
