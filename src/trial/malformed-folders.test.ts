/** Wrong data, models and folders: each gives an InputError with file and fix, and leaves nothing behind. */
import { randomUUID } from "node:crypto";
import { mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { computeVerdict } from "./collect.ts";
import { beginTrial, checkFolder, claimFolder } from "./folder.ts";
import { loadTrial } from "./load.ts";
import { planTrial } from "./plan.ts";
import { trialStatus } from "./status.ts";
import { tree } from "./testing/folders.ts";
import { edit, failure, RIGHT, rightTrial, swap } from "./testing/malformed.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  ({ folder, file } = await rightTrial());
});

describe("data files", () => {
  it.each([
    ["not JSON", '{"question": \n'],
    ["without an answer", '{"question": "1+1?"}\n'],
    ["empty", ""],
  ])("%s", async (_, text) => {
    await writeFile(join(folder, "data.jsonl"), text);
    await writeFile(file, `${RIGHT}task: gsm8k\ndata: { train: data.jsonl, test: data.jsonl }\n`);
    const error = await failure({ folder, file });
    expect(error.file).toBe(file);
    expect(["data.train", "train.problems"].some((field) => error.field?.startsWith(field))).toBe(
      true,
    );
  });
});

describe("model folders", () => {
  const at = (name: string) => join(folder, "model", name);
  it.each<[string, () => Promise<void>, string]>([
    ["that are not there", () => rm(join(folder, "model"), { recursive: true }), "not a folder"],
    [
      "that are files",
      async () => {
        await rm(join(folder, "model"), { recursive: true });
        await writeFile(join(folder, "model"), "");
      },
      "a model is a folder or a .gguf file",
    ],
    ["without config.json", () => rm(at("config.json")), "has no config.json"],
    ["without tokenizer.json", () => rm(at("tokenizer.json")), "has no tokenizer.json"],
    ["without weights", () => rm(at("model.safetensors")), "has no model.safetensors"],
    ["with a broken config.json", () => writeFile(at("config.json"), "{"), "config.json"],
    [
      "with a config.json of another architecture",
      () => edit(at("config.json"), "LlamaForCausalLM", "NoSuchModel"),
      "NoSuchModel",
    ],
    [
      "with a config.json without width",
      () => edit(at("config.json"), "hidden_size", "hidden"),
      "hidden_size",
    ],
    ["with a broken tokenizer.json", () => writeFile(at("tokenizer.json"), "[]"), "tokenizer.json"],
    ["with weights cut short", () => truncate(at("model.safetensors"), 500), "model.safetensors"],
    [
      "with other weights than its config.json says",
      () => edit(at("config.json"), '"intermediate_size": 8', '"intermediate_size": 16'),
      "model.safetensors",
    ],
  ])("%s", async (_, spoil, message) => {
    await spoil();
    const error = await failure({ folder, file });
    expect(error).toMatchObject({ file, field: expect.stringMatching(/^models\.a\.path/) });
    expect(error.message).toContain(`${file}:4: `);
    expect(error.message).toContain(message);
  });

  it("whose context cannot hold a prompt", async () => {
    await edit(at("config.json"), '"max_position_embeddings": 64', '"max_position_embeddings": 8');
    expect((await failure({ folder, file })).message).toContain("tokens, and the model reads 8");
  });

  it.each(["template", "models.a.template"])(
    "whose context cannot hold a prompt of %s",
    async (field) => {
      const template = `template: "{question}${" and so on".repeat(20)}"\n`;
      const own = field !== "template";
      await writeFile(
        file,
        own ? swap("path: model\n", `path: model\n    ${template}`) : RIGHT + template,
      );
      const error = await failure({ folder, file });
      expect(error).toMatchObject({
        code: "prompt-length",
        field: expect.stringMatching(/^models\.a\.path/),
      });
      expect(error.message).toContain("tokens, and the model reads 64");
    },
  );

  it("without the chat template that the trial's template needs", async () => {
    await writeFile(file, `${RIGHT}template: chat\n`);
    const error = await failure({ folder, file });
    expect(error).toMatchObject({ code: "no-chat-template", field: "template" });
  });
});

describe("output folders", () => {
  it("that hold something else", async () => {
    const out = join(folder, "model");
    expect(await failure({ folder, file }, out)).toMatchObject({ code: "folder-taken", file: out });
  });

  it("that hold another trial", async () => {
    const out = join(folder, "out");
    const other = await loadTrial(file);
    await beginTrial(out, other, await planTrial(other));
    await writeFile(file, swap("[0, 1]", "[0, 2]"));
    expect(await failure({ folder, file }, out)).toMatchObject({ code: "other-trial", file: out });
  });

  it("that are files, or below one", async () => {
    await writeFile(join(folder, "out"), "");
    for (const out of [join(folder, "out"), join(folder, "out", "deeper")]) {
      expect(await failure({ folder, file }, out)).toMatchObject({ code: "unwritable", file: out });
    }
  });

  it("that another process is working in", async () => {
    const out = join(folder, "out");
    const trial = await loadTrial(file);
    await beginTrial(out, trial, await planTrial(trial));
    await writeFile(join(out, ".lock"), String(process.ppid));
    expect(await failure({ folder, file }, out)).toMatchObject({ code: "trial-running" });
  });

  it("that this process is working in", async () => {
    const out = join(folder, "out");
    const trial = await loadTrial(file);
    const { release } = await claimFolder(out, await planTrial(trial));
    expect(await failure({ folder, file }, out)).toMatchObject({ code: "trial-running" });
    await release();
    expect(await tree(out)).toEqual([]);
  });

  it("that another trial took after they were looked at", async () => {
    const out = join(folder, "out");
    const other = await loadTrial(file);
    await beginTrial(out, other, await planTrial(other));
    await writeFile(file, swap("[0, 1]", "[0, 2]"));
    const plan = await planTrial(await loadTrial(file));
    await expect(claimFolder(out, plan)).rejects.toMatchObject({ code: "other-trial" });
    expect(await tree(out)).toEqual(["trial.json"]);
  });

  it("but not those where a kill left the lock and half a trial.json", async () => {
    const out = join(folder, "out");
    await mkdir(out);
    await writeFile(join(out, ".lock"), `${process.pid} ${randomUUID()}\n`);
    await writeFile(join(out, `trial.json.${randomUUID()}.tmp`), "{");
    const plan = await planTrial(await loadTrial(file));
    expect(await checkFolder(out, plan)).toEqual({ resumed: false });
    const { resumed, release } = await claimFolder(out, plan);
    expect(resumed).toBe(false);
    expect(await tree(out)).toEqual([".lock"]);
    await release();
  });
});

describe("what a trial wrote, damaged", () => {
  let out: string;
  beforeEach(async () => {
    out = join(folder, "out");
    const trial = await loadTrial(file);
    await beginTrial(out, trial, await planTrial(trial));
  });

  const METRICS = "runs/a/truth/seed-0/metrics.jsonl";
  const write = async (path: string, text: string) => {
    await mkdir(join(out, path, ".."), { recursive: true });
    await writeFile(join(out, path), text);
  };

  it.each<[string, () => Promise<void>, string]>([
    ["no trial.json", () => rm(join(out, "trial.json")), "trial.json"],
    ["half a trial.json", () => truncate(join(out, "trial.json"), 100), "trial.json"],
    [
      "a trial.json of a later version",
      () => edit(join(out, "trial.json"), '"version": 1', '"version": 99'),
      "trial.json",
    ],
    ["metrics that are not JSON", () => write(METRICS, "{step: 1}\n"), METRICS],
    ["metrics without a step", () => write(METRICS, "{}\n"), METRICS],
  ])("%s", async (_, spoil, name) => {
    await spoil();
    const before = await tree(out);
    const error: unknown = await trialStatus(out).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ file: join(out, name) });
    expect(await tree(out)).toEqual(before);
  });

  it.each([
    ["an evaluation that is not one", '{"step":0}\n'],
    ["an evaluation that is not JSON", "step\n"],
  ])("%s", async (_, text) => {
    await write("models/a/model.json", "{}");
    await write("models/a/base.jsonl", text);
    await expect(computeVerdict(out)).rejects.toMatchObject({
      file: join(out, "models/a/base.jsonl"),
    });
  });
});
