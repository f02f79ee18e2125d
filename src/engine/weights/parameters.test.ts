import { describe, expect, it } from "vitest";
import { parseModelConfig } from "../model/config.ts";
import { addressOf } from "../runtime/library.ts";
import { allocateParameters, likeParameters } from "./parameters.ts";
import { tinyConfig } from "./testing/tiny-model.ts";

// 7 and 10 are no multiples of 16 floats, so there is padding.
const raw = { ...tinyConfig, hidden_size: 10, head_dim: 8, intermediate_size: 7, vocab_size: 300 };
const config = parseModelConfig(raw, "config.json");

describe("Parameters", () => {
  it("lay every parameter on a cache line, none over another", () => {
    const parameters = allocateParameters(config);
    const taken = new Uint8Array(parameters.layout.total);
    for (const { name, offset, length, shape } of parameters.layout.slots.values()) {
      const view = parameters.view(name);
      expect(view.length).toBe(length);
      expect(shape.reduce((a, b) => a * b)).toBe(length);
      expect(Number(addressOf(view) % 64n)).toBe(0);
      expect(view.byteOffset - parameters.data.byteOffset).toBe(4 * offset);
      for (let i = offset; i < offset + length; i++) taken[i] = (taken[i] ?? NaN) + 1;
    }
    expect(parameters.layout.total % 16).toBe(0);
    expect(taken.length).toBeGreaterThan(parameters.count);
    expect(taken.reduce((a, b) => a + b, 0)).toBe(parameters.count);
    expect(taken.includes(2)).toBe(false);
    expect(parameters.data.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it("give the same view at every call, and other memory to a likeness", () => {
    const parameters = allocateParameters(config);
    const gradients = likeParameters(parameters);
    const view = parameters.view("model.norm.weight");
    expect(parameters.view("model.norm.weight")).toBe(view);
    view.fill(2);
    expect(parameters.data.includes(2)).toBe(true);
    expect(gradients.data.includes(2)).toBe(false);
    expect(gradients.layout).toBe(parameters.layout);
    expect(() => parameters.view("model.norm")).toThrow("no parameter model.norm");
  });
});
