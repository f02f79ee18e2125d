import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { runCommandLine } from "../cli/app.ts";
import { openTerminal } from "../cli/ui/terminal.ts";
import { createModelFolder, openEngine } from "../engine/index.ts";
import { readModelConfig } from "../engine/model/config.ts";
import { rawGguf } from "../engine/weights/gguf/testing/raw-gguf.ts";
import { tinyGguf } from "../engine/weights/gguf/testing/tiny-gguf.ts";
import { allocateParameters, loadWeights } from "../engine/weights/index.ts";
import { tinyModel } from "../engine/weights/testing/tiny-model.ts";
import { type HubServer, serveHub } from "../hub/testing/server.ts";
import { loadTrial, planTrial } from "../trial/index.ts";
import { parseHubName, resolveModel, type ModelProgress } from "./index.ts";

const commit = "89abcdef0123456789abcdef0123456789abcdef";

let root: string;
let folder: string;
let gguf: string;
let hub: HubServer;
let scratch: string;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "placebo-models-"));
  folder = join(root, "model");
  await createModelFolder(folder, tinyModel(5));
  const config = await readModelConfig(folder);
  const parameters = allocateParameters(config);
  await loadWeights(folder, config, parameters);
  gguf = join(root, "tiny.gguf");
  await writeFile(gguf, rawGguf(tinyGguf(parameters)));
  const files: Record<string, Uint8Array> = { "README.md": Buffer.from("no") };
  for (const name of await readdir(folder)) files[name] = await readFile(join(folder, name));
  const { "tokenizer.json": _, ...slow } = files;
  const quantised = { "tiny-F32.gguf": await readFile(gguf) };
  hub = await serveHub([
    { name: "owner/tiny", commit, files },
    { name: "owner/slow", commit, files: slow },
    { name: "owner/tiny-GGUF", commit, files: quantised },
  ]);
});
beforeEach(async () => {
  scratch = join(root, `scratch-${count++}`);
  await mkdir(scratch);
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
  vi.stubEnv("HF_HUB_CACHE", join(scratch, "hub"));
  vi.stubEnv("PLACEBO_CACHE", join(scratch, "placebo"));
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await hub.close();
  await rm(root, { recursive: true });
});

async function greedy(directory: string): Promise<readonly number[] | undefined> {
  const engine = await openEngine({ model: directory, threads: availableParallelism() });
  const [[completion] = []] = await engine.sample({
    prompts: [[72, 105]],
    rollouts: 1,
    params: { temperature: 0, maxTokens: 12 },
    key: { seed: 0, purpose: "sample", step: 0 },
  });
  await engine.close();
  return completion?.tokens_T;
}

describe("names of the hub", () => {
  it.each([
    ["owner/name", "owner/name", "main", undefined],
    ["Qwen/Qwen2.5-0.5B@v1.0", "Qwen/Qwen2.5-0.5B", "v1.0", undefined],
    ["owner/name@refs/pr/7", "owner/name", "refs/pr/7", undefined],
    ["owner/name/sub/a-Q8_0.gguf", "owner/name", "main", "sub/a-Q8_0.gguf"],
    ["owner/name@v2/a.gguf", "owner/name", "v2", "a.gguf"],
  ])("%s", (text, repository, revision, file) => {
    expect(parseHubName(text)).toEqual({ repository, revision, file });
  });

  it.each([
    "name",
    "./a/b",
    "/a/b",
    "a/b/c",
    "models/mine.gguf",
    "../a",
    "a/b@",
    "~/a",
    "",
    "a/b@c/d",
  ])("%j names no repository", (text) => {
    expect(parseHubName(text)).toBeUndefined();
  });
});

describe("resolveModel", () => {
  it("a local folder is itself, and comes before a repository of its name", async () => {
    expect(await resolveModel(folder)).toEqual({ directory: folder, pinned: folder });
    await mkdir(join(scratch, "owner", "tiny"), { recursive: true });
    const { directory } = await resolveModel("owner/tiny", { baseDirectory: scratch });
    expect(directory).toBe(join(scratch, "owner", "tiny"));
  });

  it("a GGUF file is converted once, whatever its name", async () => {
    const seen: ModelProgress[] = [];
    const { directory } = await resolveModel(gguf, { onProgress: (each) => seen.push(each) });
    expect(seen.at(-1)).toMatchObject({ stage: "convert" });
    const copy = join(scratch, "other.gguf");
    await writeFile(copy, await readFile(gguf));
    seen.length = 0;
    expect((await resolveModel(copy, { onProgress: (each) => seen.push(each) })).directory).toBe(
      directory,
    );
    expect(seen).toEqual([]);
    expect(await greedy(directory)).toEqual(await greedy(folder));
  });

  it("a repository is downloaded, and its commit is a name without the hub", async () => {
    const seen: ModelProgress[] = [];
    const { directory, pinned } = await resolveModel("owner/tiny", {
      onProgress: (each) => seen.push(each),
    });
    expect(seen.at(-1)).toMatchObject({ stage: "download" });
    expect(pinned).toBe(`owner/tiny@${commit}`);
    expect(await readdir(directory)).not.toContain("README.md");
    expect(await greedy(directory)).toEqual(await greedy(folder));
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    expect(await resolveModel(pinned)).toEqual({ directory, pinned });
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect(await resolveModel("owner/tiny")).toEqual({ directory, pinned });
  });

  it("a GGUF file of a repository", async () => {
    const { directory, pinned } = await resolveModel("owner/tiny-GGUF/tiny-F32.gguf");
    expect(pinned).toBe(`owner/tiny-GGUF@${commit}/tiny-F32.gguf`);
    expect(await greedy(directory)).toEqual(await greedy(folder));
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    expect(await resolveModel(pinned)).toEqual({ directory, pinned });
  });

  it.each([
    ["nothing/at/all", "model-missing", "owner/name"],
    ["models/mine.gguf", "model-missing", "GGUF file"],
    ["owner/none", "hub-missing", "local folder"],
    ["owner/slow", "no-model", "fast tokenizer"],
    ["owner/tiny-GGUF", "no-model", "owner/tiny-GGUF@main/tiny-F32.gguf"],
    ["owner/tiny/other.gguf", "no-model", "safetensors"],
  ])("%s: %s", async (name, code, hint) => {
    const work = resolveModel(name, { baseDirectory: scratch });
    await expect(work).rejects.toMatchObject({ name: "InputError", code });
    await expect(work).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
  });

  it("a file that is no GGUF", async () => {
    const work = resolveModel(join(folder, "config.json"));
    await expect(work).rejects.toMatchObject({ code: "model-missing" });
    const bad = join(scratch, "bad.gguf");
    await writeFile(bad, "GGUF and no more");
    await expect(resolveModel(bad)).rejects.toMatchObject({ code: "unsupported-gguf", file: bad });
  });
});

describe("--model", () => {
  async function sample(model: string) {
    const written = { out: "", err: "" };
    const stream = (name: keyof typeof written) =>
      openTerminal({ write: (text) => (written[name] += text) }, {});
    const flags = ["--prompt", "Hi", "--greedy", "--max-tokens", "12", "--json"];
    const code = await runCommandLine({
      argv: ["sample", "--model", model, ...flags],
      env: process.env,
      out: stream("out"),
      err: stream("err"),
      signal: new AbortController().signal,
    });
    return { code, ...written };
  }

  it.each(["gguf", "owner/tiny"])("%s", async (model) => {
    const { code, out, err } = await sample(model === "gguf" ? gguf : model);
    expect(code).toBe(0);
    // Fetching is told beside the completions, not among them.
    for (const line of err.trim().split("\n")) {
      expect(JSON.parse(line)).toMatchObject({ event: "prepare", total: expect.any(Number) });
    }
    const { tokens } = z.looseObject({ tokens: z.array(z.number()) }).parse(JSON.parse(out));
    expect(tokens).toEqual(await greedy(folder));
  });

  it("that is nowhere", async () => {
    const { code, err } = await sample("no/such/model");
    expect(code).toBe(2);
    expect(err).toContain("no/such/model: no such folder, file or organism");
  });
});

describe("models of a trial", () => {
  const trial = (model: string) => `
name: t
models: { a: ${model} }
arms: { truth: { reward: truth } }
seeds: [0]
train: { problems: 2 }
evaluation: { problems: 2 }
grpo: { steps: 1, prompts: 2, group: 2, updates: 1 }
`;

  it("by a repository: the trial keeps the commit, and the hub is asked no more", async () => {
    const file = join(scratch, "trial.yaml");
    await writeFile(file, trial("{ hub: owner/tiny }"));
    const loaded = await loadTrial(file);
    expect(loaded.config.models).toMatchObject({ a: { hub: `owner/tiny@${commit}` } });
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    const { hash } = await planTrial(loaded);
    await writeFile(file, trial(`{ path: ${folder} }`));
    expect((await planTrial(await loadTrial(file))).hash).toBe(hash);
  });

  it("by a GGUF file beside the trial file", async () => {
    await writeFile(join(scratch, "beside.gguf"), await readFile(gguf));
    const file = join(scratch, "trial.yaml");
    await writeFile(file, trial("{ path: beside.gguf }"));
    const { models } = await planTrial(await loadTrial(file));
    expect(models).toMatchObject([{ source: { kind: "folder" } }]);
  });

  it.each([
    ["{ hub: tiny }", "models.a.hub", "names no repository"],
    ["{ hub: owner/none }", "models.a.hub", "not found"],
    ["{ path: none.gguf }", "models.a.path", "is not a folder"],
    ["{ path: x, hub: owner/tiny }", "models.a", "needs one of organism, path and hub"],
  ])("%s", async (model, field, told) => {
    const file = join(scratch, "trial.yaml");
    await writeFile(file, trial(model));
    const work = loadTrial(file);
    await expect(work).rejects.toMatchObject({ name: "InputError", file, field });
    await expect(work).rejects.toThrow(told);
  });
});
