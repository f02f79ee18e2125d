import { Tokenizer } from "@huggingface/tokenizers";
import { fc } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { openCorpus } from "./corpus.ts";
import { presets } from "./presets.ts";
import { arithmeticSchema } from "./recipe.ts";
import { organismTokenizer, pieceEncoder } from "./tokenizer.ts";

const { tokenizerJson, tokenizerConfig, vocabSize, endId } = organismTokenizer();
// Through JSON, as it comes back from a model folder.
const tokenizer = new Tokenizer(
  JSON.parse(JSON.stringify(tokenizerJson)),
  JSON.parse(JSON.stringify(tokenizerConfig)),
);

const longSteps = arithmeticSchema.parse({ corpus: { steps: [1, 6], prior: { share: 0.5 } } });
const texts = [presets.coder, presets["bad-coder"], longSteps].flatMap((recipe) => {
  const corpus = openCorpus(recipe);
  return Array.from({ length: 1000 }, (_, i) => corpus.example(i));
});

describe("the organisms' tokenizer", () => {
  it("brings every corpus text back, with prompt and completion apart or together", () => {
    for (const { prompt, completion } of texts) {
      const ids = [prompt, completion].map((text) => tokenizer.encode(text).ids);
      expect(tokenizer.decode(ids[1] ?? [])).toBe(completion);
      expect(tokenizer.encode(prompt + completion).ids).toEqual(ids.flat());
    }
  });

  it("has one token for each word, number and mark", () => {
    for (const { prompt, completion } of texts) {
      // A line of code begins with one token, up to its equals sign.
      const words = (prompt + completion).match(/\n[a-z] =|[a-z]+|[0-9]+|[^a-z0-9\s\\{}]/g) ?? [];
      // The brace that opens a box belongs to its command, the one that closes it is a token.
      const closing = completion.includes("}") ? 1 : 0;
      expect(tokenizer.tokenize(prompt + completion)).toHaveLength(words.length + closing);
    }
  });

  it("agrees with the fast encoder, which refuses other texts", () => {
    const { encode } = pieceEncoder();
    for (const { completion } of texts) {
      expect(encode(completion)).toEqual(tokenizer.encode(completion).ids);
    }
    expect(() => encode("\npascal")).toThrow(RangeError);
  });

  it("brings any printable ASCII back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1 }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("marks what it does not know", () => {
    const { ids, tokens } = tokenizer.encode("sam has 3 ñ");
    expect(tokens.at(-1)).toBe("<unk>");
    expect(ids.every((id: number) => id >= 0 && id < vocabSize)).toBe(true);
  });

  it("is small, dense, and has an end token that decoding can skip", () => {
    const ids = [...tokenizer.get_vocab().values()].sort((a, b) => a - b);
    expect(ids).toEqual(Array.from({ length: vocabSize }, (_, i) => i));
    expect(vocabSize).toBeLessThan(400);
    const { ids: word } = tokenizer.encode(" pens");
    expect(tokenizer.decode([...word, endId], { skip_special_tokens: true })).toBe(" pens");
  });
});
