/** Prompt templates: what models read, and every mistake told. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc } from "@fast-check/vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ChatMessage } from "../../engine/index.ts";
import { InputError } from "../../errors.ts";
import { problemOf } from "../testing/problem.ts";
import { applyTemplate, loadTemplate, templates, type TemplateSpec } from "./index.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "placebo-templates-"));
  writeFileSync(join(directory, "mine.txt"), "Solve: {question}\n$& {question}\n=>");
  writeFileSync(join(directory, "empty.txt"), "no place");
});
afterAll(() => rmSync(directory, { recursive: true }));

const load = (spec: TemplateSpec) => loadTemplate(spec, { baseDirectory: directory });

/** ChatML in short. */
const tokenizer = {
  renderChat: (messages: readonly ChatMessage[]) =>
    `${messages.map(({ role, content }) => `[${role}]${content}`).join("")}[assistant]`,
};

/** What a model reads for the question 1 + 1? of a task that would write Q: 1 + 1? A: */
async function read(spec: TemplateSpec): Promise<string> {
  const problem = problemOf("2", { prompt: "Q: 1 + 1? A:", question: "1 + 1?" });
  const [applied] = applyTemplate([problem], await load(spec), tokenizer);
  return applied?.prompt ?? "";
}

test("names are unique, and every template says what it is and where it comes from", () => {
  expect(new Set(templates.map(({ name }) => name)).size).toBe(templates.length);
  for (const { name, description, source } of templates) {
    expect(name).toMatch(/^[a-z0-9.]+(-[a-z0-9.]+)*$/);
    expect(description).not.toBe("");
    expect(source).not.toBe("");
  }
});

describe("what the model reads", () => {
  test("without a template: the task's own prompt", () => {
    const problems = [problemOf("2", { prompt: "Q: 1 + 1? A:", question: "1 + 1?" })];
    expect(applyTemplate(problems, undefined, {})).toBe(problems);
  });

  test("chat: the user's message alone, or after a system message", async () => {
    expect(await read("chat")).toBe("[user]1 + 1?[assistant]");
    expect(await read({ chat: { system: "Be brief." } })).toBe(
      "[system]Be brief.[user]1 + 1?[assistant]",
    );
    const [problem] = applyTemplate([problemOf("2")], await load("chat"), tokenizer);
    expect(problem?.namesSpecialTokens).toBe(true);
  });

  test("qwen-boxed", async () => {
    expect(await read("qwen-boxed")).toBe(
      "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n1 + 1?\nPlease reason step by " +
        "step, and put your final answer within \\boxed{}.<|im_end|>\n<|im_start|>assistant\n",
    );
  });

  test("r1-zero: real newlines, the tag opened, and the stop string", async () => {
    const text = await read("r1-zero");
    expect(text).toMatch(/^A conversation between User and Assistant\. The user asks/);
    expect(text).toMatch(
      /<answer> answer here <\/answer>\.\n\n<\|user\|>\n1 \+ 1\?\n<\|assistant\|>\n<think>$/,
    );
    expect((await load("r1-zero")).stop).toEqual(["</answer>"]);
  });

  test("INTUITOR's prompts in the chat template", async () => {
    expect(await read("intuitor-1.5b")).toBe(
      "[system]You are a helpful AI Assistant, designed to provided well-reasoned and detailed responses. You FIRST " +
        "think about the reasoning process step by step and then provide the user with the answer. Please enclose " +
        "your final answer in the box: \\boxed{Your Answer}.[user]1 + 1?[assistant]",
    );
    expect(await read("intuitor-3b")).toContain("after outputing the box.[user]");
    expect(await read("intuitor-7b")).toContain("to the following problem.[user]");
    expect(await read("intuitor-code")).toContain("generating Python code.[user]");
  });

  test("none, filler, and the user's own", async () => {
    expect(await read("none")).toBe("1 + 1?");
    expect(await read("lipsum")).toMatch(/^Lorem ipsum .* rutrum\.\n\n1 \+ 1\?\n\n$/);
    expect(await read("Say {question} now")).toBe("Say 1 + 1? now");
    expect(await read({ text: { text: "{question}=" } })).toBe("1 + 1?=");
    expect(await read({ file: "mine.txt" })).toBe("Solve: 1 + 1?\n$& 1 + 1?\n=>");
  });

  test("a file's text stands in the resolved spec, which means the same", async () => {
    const { spec, stop } = await load({ file: { path: "mine.txt", stop: ["\n"] } });
    const text = "Solve: {question}\n$& {question}\n=>";
    expect(spec).toEqual({ text: { text, stop: ["\n"] } });
    expect(stop).toEqual(["\n"]);
    expect((await load(spec)).spec).toEqual(spec);
  });

  test("the question comes through whatever it holds", async () => {
    const template = await load("<{question}>");
    fc.assert(
      fc.property(fc.string(), (question) => {
        const [applied] = applyTemplate([problemOf("2", { question })], template, tokenizer);
        expect(applied?.prompt).toBe(`<${question}>`);
      }),
    );
  });
});

test.each<[string, TemplateSpec, RegExp, RegExp]>([
  ["a mistyped name", "qwen-boxd", /unknown template "qwen-boxd"/, /template/],
  ["two names", { chat: {}, none: {} }, /not 2 names/, /template/],
  [
    "an unknown parameter",
    { chat: { sytem: "x" } },
    /unknown key "sytem"/,
    /template\.chat\.sytem/,
  ],
  ["a text without its place", { text: { text: "x" } }, /must hold \{question\}/, /template\.text/],
  ["no such file", { file: "gone.txt" }, /gone\.txt: template file not found/, /^$/],
  ["a file without its place", { file: "empty.txt" }, /empty\.txt: .*must hold/, /text\.text/],
])("told: %s", async (_, spec, message, field) => {
  const error: unknown = await load(spec).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  expect(error).toMatchObject({ message: expect.stringMatching(message) });
  expect((error as InputError).field ?? "").toMatch(field);
});

test("told: a model without a chat template", async () => {
  const template = await load("intuitor-3b");
  expect(() => applyTemplate([problemOf("2")], template, {})).toThrow(
    /intuitor-3b needs the model/,
  );
});
