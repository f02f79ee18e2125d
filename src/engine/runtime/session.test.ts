/** Sessions: where results land, what runs refuse, and how they end. */
import { beforeAll, describe, expect, test } from "vitest";
import { CancelledError, EngineError } from "../../errors.ts";
import { openRuntime, Session, type Tensor, tensor } from "./index.ts";
import { buildModel } from "./model.ts";
import { addition, chain, gemm } from "./testing/graphs.ts";

beforeAll(() => openRuntime({ threads: 2 }));

function vector(...values: number[]) {
  const made = tensor("float32", [values.length]);
  made.data.set(values);
  return made;
}

/** Feeds and fetches of `chain`; at 512 × 512 and 200 products, a run takes a few hundred milliseconds. */
function square(size: number) {
  const make = () => tensor("float32", [size, size]);
  return { feeds: { x: make(), w: make() }, fetches: { y: make() } };
}

const long = () => ({ session: chain(200), ...square(512) });

/** What every call form must do alike. */
const forms = [
  ["run", (...[session, feeds, fetches]: Call) => session.run(feeds, fetches)],
  ["runSync", async (...[session, feeds, fetches]: Call) => session.runSync(feeds, fetches)],
] as const;
type Call = [session: Session, feeds: Record<string, Tensor>, fetches: Record<string, Tensor>];

describe.each(forms)("%s", (_, call) => {
  test("reads and writes views into larger buffers in place", async () => {
    const session = addition();
    const flat = tensor("float32", [96]);
    const [a, b, sum] = [0, 16, 32].map((at) =>
      tensor("float32", [3], flat.data.subarray(at, at + 3)),
    );
    if (!a || !b || !sum) throw new RangeError("three views");
    a.data.set([1, 2, 3]);
    b.data.set([10, 20, 30]);
    await call(session, { a, b }, { sum });
    expect([...flat.data.subarray(31, 36)]).toEqual([0, 11, 22, 33, 0]);
    b.data[1] = 200;
    await call(session, { a, b }, { sum });
    expect([...flat.data.subarray(31, 36)]).toEqual([0, 11, 202, 33, 0]);
  });

  test("takes tensors of other shapes from one call to the next", async () => {
    const session = addition();
    for (const length of [4, 1, 0, 9]) {
      const a = tensor("float32", [length]);
      a.data.fill(length);
      const sum = tensor("float32", [length]);
      await call(session, { a, b: a }, { sum });
      expect([...sum.data]).toEqual(Array.from({ length }, () => 2 * length));
    }
  });

  test("accumulates in place: an output over an input of Add", async () => {
    const session = addition();
    const a = vector(1, 2, 3);
    const b = vector(1, 1, 1);
    for (let i = 0; i < 3; i++) await call(session, { a, b }, { sum: a });
    expect([...a.data]).toEqual([4, 5, 6]);
  });

  test("accumulates in place: the output over C of Gemm", async () => {
    const [M, K, N] = [65, 130, 97];
    const a = tensor("float32", [M, K]);
    const b = tensor("float32", [K, N]);
    const c = tensor("float32", [M, N]);
    a.data.fill(1);
    b.data.fill(2);
    c.data.fill(5);
    for (let i = 0; i < 3; i++) await call(gemm(), { a, b, c }, { y: c });
    expect(new Set(c.data)).toEqual(new Set([5 + 3 * 2 * K]));
  });

  const [two, three] = [vector(1, 2), vector(1, 2, 3)];
  const whole = tensor("int32", [2]);
  test.each([
    ["a missing input", { a: two }, { sum: two }, "session-name", /input b/],
    ["an unknown input", { a: two, b: two, q: two }, { sum: two }, "session-name", /input q/],
    ["a misspelt output", { a: two, b: two }, { sun: two }, "session-name", /output sum.*sun/],
    [
      "an input of another dtype",
      { a: two, b: whole },
      { sum: two },
      "session-dtype",
      /input b is float32\[N\], given int32\[2\]/,
    ],
    [
      "an input of another rank",
      { a: tensor("float32", [1, 2]), b: two },
      { sum: two },
      "session-shape",
      /input a is float32\[N\], given float32\[1, 2\]/,
    ],
    [
      "inputs that disagree",
      { a: two, b: three },
      { sum: two },
      "session-shape",
      /input b.*given float32\[3\] \(N is 2 in a\)/,
    ],
    [
      "an output of another shape",
      { a: two, b: two },
      { sum: three },
      "session-shape",
      /output sum.*given float32\[3\]/,
    ],
  ])("refuses %s and then runs", async (_case, feeds, fetches, code, message) => {
    const session = addition();
    const refused = call(session, feeds, fetches);
    await expect(refused).rejects.toBeInstanceOf(EngineError);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    const sum = vector(0, 0);
    await call(session, { a: two, b: two }, { sum });
    expect([...sum.data]).toEqual([2, 4]);
  });

  test("checks shapes again after a refused call that had new tensors", async () => {
    const session = addition();
    const sum = tensor("float32", [2]);
    await call(session, { a: two, b: two }, { sum });
    await expect(call(session, { a: three, b: whole }, { sum })).rejects.toThrow(EngineError);
    await expect(call(session, { a: three, b: two }, { sum })).rejects.toMatchObject({
      code: "session-shape",
    });
  });

  test("passes on what ONNX Runtime says about a shape that the graph leaves open", async () => {
    const open = ["float32", [""]] as const;
    const add = { type: "Add", inputs: ["a", "b"], outputs: ["sum"] };
    const model = buildModel([add], { a: open, b: open }, { sum: open });
    const session = Session.create(model, { name: "open" });
    await expect(call(session, { a: two, b: two }, { sum: three })).rejects.toMatchObject({
      code: "session-run",
      message: expect.stringMatching(/running open failed:.*'sum'/),
    });
  });

  test("refuses to run once released; releasing twice is harmless", async () => {
    const session = addition();
    session.release();
    session.release();
    await expect(call(session, { a: two, b: two }, { sum: two })).rejects.toMatchObject({
      code: "session-released",
    });
  });
});

test("carries every dtype", () => {
  const operators = [
    { type: "Add", inputs: ["n", "n"], outputs: ["n2"] },
    { type: "Add", inputs: ["i", "i"], outputs: ["i2"] },
    { type: "Not", inputs: ["p"], outputs: ["not"] },
  ];
  const [n, i, p] = [
    ["int64", [2]],
    ["int32", [2]],
    ["bool", [2]],
  ] as const;
  const model = buildModel(operators, { n, i, p }, { n2: n, i2: i, not: p });
  const session = Session.create(model, { name: "dtypes" });
  const feeds = { n: tensor("int64", [2]), i: tensor("int32", [2]), p: tensor("bool", [2]) };
  const fetches = { n2: tensor("int64", [2]), i2: tensor("int32", [2]), not: tensor("bool", [2]) };
  feeds.n.data.set([2n ** 40n, -1n]);
  feeds.i.data.set([3, -4]);
  feeds.p.data.set([1, 0]);
  session.runSync(feeds, fetches);
  expect([...fetches.n2.data]).toEqual([2n ** 41n, -2n]);
  expect([...fetches.i2.data]).toEqual([6, -8]);
  expect([...fetches.not.data]).toEqual([0, 1]);
});

test("tells what the model declares", () => {
  const { inputs, outputNames } = gemm();
  expect(inputs[0]).toEqual({ name: "a", dtype: "float32", shape: ["M", "K"] });
  expect(outputNames).toEqual(["y"]);
});

test("refuses bytes that are no model", () => {
  expect(() => Session.create(new Uint8Array([1, 2, 3]), { name: "junk" })).toThrow(
    expect.objectContaining({
      code: "session-model",
      message: expect.stringContaining("junk"),
    }),
  );
});

describe("a run in flight", () => {
  test("leaves the event loop free", async () => {
    const { session, feeds, fetches } = long();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await session.run(feeds, fetches);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  test("is cancelled by its signal; the session stays usable", async () => {
    const { session, feeds, fetches } = long();
    const controller = new AbortController();
    const running = session.run(feeds, fetches, { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    const { signal } = controller;
    await expect(session.run(feeds, fetches, { signal })).rejects.toBeInstanceOf(CancelledError);
    const small = square(2);
    small.feeds.x.data.set([1, 2, 3, 4]);
    small.feeds.w.data.set([1, 0, 0, 1]);
    await session.run(small.feeds, small.fetches, { signal: new AbortController().signal });
    expect([...small.fetches.y.data]).toEqual([1, 2, 3, 4]);
  });

  test("is cancelled when its session is released", async () => {
    const { session, feeds, fetches } = long();
    const running = session.run(feeds, fetches);
    setTimeout(() => session.release(), 5);
    await expect(running).rejects.toBeInstanceOf(CancelledError);
  });

  test("makes other sessions wait and refuses a second run of its own", async () => {
    const { session, feeds, fetches } = long();
    const order: string[] = [];
    const first = session.run(feeds, fetches).then(() => order.push("first"));
    const add = addition();
    const [a, sum] = [vector(1, 2), vector(0, 0)];
    const second = add.run({ a, b: a }, { sum }).then(() => order.push("second"));
    await expect(session.run(feeds, fetches)).rejects.toMatchObject({ code: "session-busy" });
    expect(() => addition().runSync({ a, b: a }, { sum })).toThrow(
      expect.objectContaining({ code: "session-busy" }),
    );
    await Promise.all([first, second]);
    expect(order).toEqual(["first", "second"]);
    expect([...sum.data]).toEqual([2, 4]);
  });
});
