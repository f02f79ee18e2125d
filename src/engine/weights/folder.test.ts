import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sharedPath } from "../../testing/data.ts";
import { readModelConfig } from "../model/config.ts";
import {
  allocateParameters,
  createModelFolder,
  likeParameters,
  loadWeights,
  openSafetensors,
  readOptimizer,
  saveFolder,
  writeOptimizer,
  writeSafetensors,
} from "./index.ts";
import { tinyModel } from "./testing/tiny-model.ts";

let root: string;
let model: string;
let scratch: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "placebo-folder-"));
  model = join(root, "model");
  await createModelFolder(model, tinyModel(7));
});
beforeEach(() => {
  scratch = join(root, `scratch-${count++}`);
});
afterAll(() => rm(root, { recursive: true }));

async function open(directory: string) {
  const config = await readModelConfig(directory);
  const parameters = allocateParameters(config);
  await loadWeights(directory, config, parameters);
  return { config, parameters };
}

/** Every tensor of a safetensors file as its bytes. */
async function tensorBytes(path: string): Promise<Map<string, string>> {
  const [file, bytes] = [await openSafetensors(path), await readFile(path)];
  await file.close();
  return new Map(
    Array.from(file.tensors.values(), ({ name, start, end }) => [
      name,
      bytes.subarray(start, end).toString("base64"),
    ]),
  );
}

describe("createModelFolder", () => {
  it("makes the same bytes of the same seed, and others of another", async () => {
    await createModelFolder(scratch, tinyModel(7));
    for (const name of await readdir(model)) {
      expect(await readFile(join(scratch, name))).toEqual(await readFile(join(model, name)));
    }
    await createModelFolder(scratch, tinyModel(8));
    const weights = (folder: string) => readFile(join(folder, "model.safetensors"));
    expect((await weights(scratch)).equals(await weights(model))).toBe(false);
  });

  it("draws matrices with the standard deviation of their kind, and norms of 1", async () => {
    const sizes = { hidden_size: 64, intermediate_size: 256 };
    await createModelFolder(scratch, tinyModel(0, { ...sizes, initializer_range: 0.1 }));
    const { parameters } = await open(scratch);
    const moments = (name: string) => {
      const values = parameters.view(name);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      return { mean, deviation: Math.sqrt(variance) };
    };
    // 16,384 draws: four standard errors are 3% of the deviation for the mean and 2.2% for the deviation.
    const gate = moments("model.layers.0.mlp.gate_proj.weight");
    expect(Math.abs(gate.mean)).toBeLessThan(0.0031);
    expect(Math.abs(gate.deviation / 0.1 - 1)).toBeLessThan(0.022);
    const down = moments("model.layers.1.mlp.down_proj.weight");
    expect(Math.abs(down.deviation / (0.1 / Math.sqrt(4)) - 1)).toBeLessThan(0.022);
    expect(new Set(parameters.view("model.norm.weight"))).toEqual(new Set([1]));
  });

  it("refuses a tokenizer with more ids than the model, and writes nothing", async () => {
    const work = createModelFolder(scratch, tinyModel(0, { vocab_size: 259, eos_token_id: 1 }));
    await expect(work).rejects.toMatchObject({ code: "bad-tokenizer" });
    expect(await readdir(root)).not.toContain(`scratch-${count - 1}`);
  });
});

describe("loadWeights and saveFolder", () => {
  it("keep every weight, the tokenizer and the configuration", async () => {
    const loaded = await open(model);
    await writeFile(join(model, "generation_config.json"), '{"eos_token_id": [257, 258]}');
    await saveFolder(scratch, loaded, model);
    await rm(join(model, "generation_config.json"));
    expect(await tensorBytes(join(scratch, "model.safetensors"))).toEqual(
      await tensorBytes(join(model, "model.safetensors")),
    );
    expect((await readdir(scratch)).sort()).toEqual([
      "config.json",
      "generation_config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    const again = await readModelConfig(scratch);
    expect(again.eos).toEqual([257, 258]);
    expect(again.raw).toEqual({ ...loaded.config.raw, torch_dtype: "float32" });
  });

  const stories = sharedPath("models/stories260K");
  it.skipIf(stories === undefined)("keep stories260K bit by bit (PLACEBO_DATA)", async () => {
    const source = stories ?? "";
    const loaded = await open(source);
    expect(loaded.parameters.count).toBe(260_032);
    await saveFolder(scratch, loaded, source);
    expect(await tensorBytes(join(scratch, "model.safetensors"))).toEqual(
      await tensorBytes(join(source, "model.safetensors")),
    );
    for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
      expect(await readFile(join(scratch, name))).toEqual(await readFile(join(source, name)));
    }
  });

  it("save onto the folder that the model came from", async () => {
    await cp(model, scratch, { recursive: true });
    const loaded = await open(scratch);
    loaded.parameters.view("model.norm.weight").fill(3);
    await saveFolder(scratch, loaded, scratch);
    expect((await open(scratch)).parameters.data).toEqual(loaded.parameters.data);
  });

  it("take a head in a tied model's file as not there, and constants of old versions", async () => {
    const { config, parameters } = await open(model);
    const entries = entriesOf(parameters);
    entries.push({ name: "lm_head.weight", shape: [260, 16], data: new Float32Array(260 * 16) });
    const frequencies = "model.layers.0.self_attn.rotary_emb.inv_freq";
    entries.push({ name: frequencies, shape: [2], data: new Float32Array(2) });
    await cp(model, scratch, { recursive: true });
    await writeSafetensors(join(scratch, "model.safetensors"), entries);
    const again = likeParameters(parameters);
    await loadWeights(scratch, config, again);
    expect(again.data).toEqual(parameters.data);
  });

  it("read shards", async () => {
    const { config, parameters } = await open(model);
    const entries = entriesOf(parameters);
    const halves = [entries.slice(0, 5), entries.slice(5)];
    const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    await mkdir(scratch);
    await copyFile(join(model, "config.json"), join(scratch, "config.json"));
    const index: Record<string, string> = {};
    for (const [i, half] of halves.entries()) {
      const name = names[i] ?? "";
      await writeSafetensors(join(scratch, name), half);
      for (const entry of half) index[entry.name] = name;
    }
    const indexFile = join(scratch, "model.safetensors.index.json");
    await writeFile(indexFile, JSON.stringify({ weight_map: index }));
    const again = likeParameters(parameters);
    await loadWeights(scratch, config, again);
    expect(again.data).toEqual(parameters.data);

    await writeFile(indexFile, JSON.stringify({ weight_map: { a: "../model.safetensors" } }));
    const outside = loadWeights(scratch, config, again);
    await expect(outside).rejects.toMatchObject({ file: indexFile, field: "weight_map" });
    await writeFile(indexFile, JSON.stringify({ weight_map: { a: names[0] } }));
    const part = loadWeights(scratch, config, again);
    await expect(part).rejects.toMatchObject({ code: "missing-tensor", file: indexFile });
  });
});

type Entries = { name: string; shape: readonly number[]; data: Float32Array }[];

function entriesOf(parameters: ReturnType<typeof allocateParameters>): Entries {
  return Array.from(parameters.layout.slots.values(), ({ name, shape }) => ({
    name,
    shape,
    data: parameters.view(name),
  }));
}

describe("weights of another model", () => {
  const norm = "model.norm.weight";
  const cases: readonly (readonly [string, (entries: Entries) => Entries, string, string])[] = [
    ["lack one", (all) => all.filter(({ name }) => name !== norm), "missing-tensor", norm],
    [
      "have one more",
      (all) => [...all, { name: "model.layers.2.x", shape: [1], data: new Float32Array(1) }],
      "extra-tensor",
      "model.layers.2.x",
    ],
    [
      "are transposed",
      (all) =>
        all.map((each) => (each.name.endsWith("0.mlp.up_proj.weight") ? transposed(each) : each)),
      "wrong-shape",
      "model.layers.0.mlp.up_proj.weight",
    ],
    [
      "have another rank",
      (all) => all.map((each) => (each.name === norm ? { ...each, shape: [16, 1] } : each)),
      "wrong-shape",
      norm,
    ],
    ["hold a NaN", (all) => all.map((each) => spoiled(each, norm, NaN)), "not-finite", norm],
    [
      "hold an infinity",
      (all) => all.map((each) => spoiled(each, norm, -Infinity)),
      "not-finite",
      norm,
    ],
  ];
  it.each(cases)("that %s", async (_, change, code, field) => {
    const { config, parameters } = await open(model);
    await cp(model, scratch, { recursive: true });
    const file = join(scratch, "model.safetensors");
    await writeSafetensors(file, change(entriesOf(parameters)));
    const target = likeParameters(parameters);
    const work = loadWeights(scratch, config, target);
    await expect(work).rejects.toMatchObject({ code, file, field });
    // What the headers tell is known before a weight changes.
    expect(target.data.some((value) => value !== 0)).toBe(code === "not-finite");
  });

  it("that lack the head of an untied one", async () => {
    await cp(model, scratch, { recursive: true });
    const raw = JSON.parse(await readFile(join(model, "config.json"), "utf8"));
    await writeFile(
      join(scratch, "config.json"),
      JSON.stringify({ ...raw, tie_word_embeddings: false }),
    );
    await expect(open(scratch)).rejects.toMatchObject({
      code: "missing-tensor",
      field: "lm_head.weight",
    });
  });

  it("that are not there", async () => {
    await cp(model, scratch, { recursive: true });
    const file = join(scratch, "model.safetensors");
    await rm(file);
    await expect(open(scratch)).rejects.toMatchObject({ code: "file-missing", file });
  });

  function transposed<E extends Entries[number]>(entry: E): E {
    return { ...entry, shape: entry.shape.toReversed() };
  }
  function spoiled<E extends Entries[number]>(entry: E, name: string, value: number): E {
    return entry.name === name ? { ...entry, data: entry.data.slice().fill(value, 5, 6) } : entry;
  }
});

describe("the optimiser's state", () => {
  it("comes back with its step, beside the weights", async () => {
    const { config, parameters } = await open(model);
    const [m, v] = [likeParameters(parameters), likeParameters(parameters)];
    for (const { name } of m.layout.slots.values()) {
      m.view(name).forEach((_, i, all) => (all[i] = Math.sin(i) * 1e-3));
      v.view(name).forEach((_, i, all) => (all[i] = 1e-9 * i));
    }
    await saveFolder(scratch, { config, parameters, optimizer: { m, v, step: 41 } }, model);
    const again = { m: likeParameters(m), v: likeParameters(v) };
    expect(await readOptimizer(scratch, again)).toBe(41);
    expect(again.m.data).toEqual(m.data);
    expect(again.v.data).toEqual(v.data);
    // A later save without it leaves no stale state.
    await saveFolder(scratch, { config, parameters }, model);
    await expect(readOptimizer(scratch, again)).rejects.toMatchObject({ code: "no-optimizer" });
  });

  it("of another model is refused", async () => {
    await createModelFolder(scratch, tinyModel(0, { intermediate_size: 32 }));
    const other = await open(scratch);
    const moments = { m: other.parameters, v: other.parameters };
    await writeOptimizer(scratch, { ...moments, step: 1 });
    const { parameters } = await open(model);
    const mine = { m: likeParameters(parameters), v: likeParameters(parameters) };
    await expect(readOptimizer(scratch, mine)).rejects.toMatchObject({ code: "wrong-shape" });
    const file = join(scratch, "optimizer.safetensors");
    const entry = { name: "m.model.norm.weight", shape: [16], data: new Float32Array(16) };
    await writeSafetensors(file, [entry], { step: "1" });
    await expect(readOptimizer(scratch, mine)).rejects.toMatchObject({ code: "missing-tensor" });
    await writeSafetensors(file, [entry], { step: "-1" });
    await expect(readOptimizer(scratch, mine)).rejects.toMatchObject({ code: "bad-value", file });
    await writeSafetensors(file, [entry]);
    await expect(readOptimizer(scratch, mine)).rejects.toMatchObject({ code: "bad-value", file });
  });
});
