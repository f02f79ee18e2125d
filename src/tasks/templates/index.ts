/** Prompt templates: how a question becomes what a model reads. */
import { resolve } from "node:path";
import type { Tokenizer } from "../../engine/index.ts";
import { InputError } from "../../errors.ts";
import { parseInput, readText } from "../../io/index.ts";
import type { Problem } from "../define.ts";
import type { Prompt } from "./define.ts";
import { FILE, fileParams, findTemplate, templateSpecSchema, type TemplateSpec } from "./spec.ts";

export type { Prompt, Template } from "./define.ts";
export { findTemplate, templates, templateSpecSchema, type TemplateSpec } from "./spec.ts";

/** A template with its parameters. */
export interface ReadyTemplate {
  readonly name: string;
  /** with defaults, and with a file's text in the place of its path: for manifests and hashes */
  readonly spec: Readonly<Record<string, unknown>>;
  /** strings that end a completion, which keeps them in its text */
  readonly stop: readonly string[];
  /** What a server or an engine is asked. */
  render(problem: Pick<Problem, "prompt" | "question">): Prompt;
}

export interface TemplateOptions {
  /** folder that relative paths of files start from */
  readonly baseDirectory: string;
  /** where the spec stands, for messages; absent: `template` */
  readonly field?: string;
}

/**
 * Finds the template, checks its parameters, and reads its file where it names one.
 *
 * @throws InputError for an unknown name or parameter, and for a file that is missing or has no {question}
 * @example
 * ```ts
 * import { applyTemplate, loadTask, loadTemplate } from "placebo-rl/tasks";
 *
 * const problems = await loadTask("arithmetic").load({ split: "test", count: 2, seed: 0 });
 * const template = await loadTemplate("qwen-boxed", { baseDirectory: "." });
 * // Templates such as chat need a model's own: pass engine.tokenizer.
 * const [asked] = applyTemplate(problems, template, {});
 * console.log(asked?.prompt, template.stop);
 * ```
 */
export async function loadTemplate(
  spec: TemplateSpec,
  { baseDirectory, field = "template" }: TemplateOptions,
): Promise<ReadyTemplate> {
  const where = { field: field.split(".") };
  const given = parseInput(templateSpecSchema, spec, where);
  const resolved = FILE in given ? await withText(given[FILE], baseDirectory) : given;
  const [name = "", params] = Object.entries(resolved)[0] ?? [];
  const template = findTemplate(name);
  if (!template) throw new Error(`the template ${name} was checked and is gone`);
  return {
    name,
    spec: resolved,
    stop: template.stop(params),
    render: ({ prompt, question = prompt }) => template.render(question, params),
  };
}

/** A file's content as the user's own text. */
async function withText(params: unknown, baseDirectory: string) {
  const { path, stop } = fileParams.parse(params);
  const text = await readText(resolve(baseDirectory, path), "template file");
  return parseInput(templateSpecSchema, { text: { text, stop } }, { file: path });
}

/**
 * The problems with the prompts that one model reads; without a template, as they are.
 *
 * @throws InputError `no-chat-template` where the template needs the model's own and it has none
 */
export function applyTemplate<P extends Problem>(
  problems: readonly P[],
  template: ReadyTemplate | undefined,
  tokenizer: Pick<Tokenizer, "renderChat">,
): readonly P[] {
  if (template === undefined) return problems;
  return problems.map((problem) => {
    const prompt = template.render(problem);
    if ("text" in prompt) return { ...problem, prompt: prompt.text };
    const { renderChat } = tokenizer;
    if (renderChat === undefined) throw noChatTemplate(template);
    return { ...problem, prompt: renderChat(prompt.messages), namesSpecialTokens: true };
  });
}

function noChatTemplate({ name }: ReadyTemplate): InputError {
  return new InputError(`the template ${name} needs the model's chat template, and it has none`, {
    code: "no-chat-template",
    hint: "Take a model that was tuned for chat, or a template such as none, qwen-boxed or r1-zero.",
    field: "template",
  });
}
