/** The pointer arrays of one side of a session's runs, and the checks of the tensors that are bound to it. */
import { EngineError } from "../../errors.ts";
import { addressOf, type Pointer } from "./library.ts";
import type { Declaration, Dimension } from "./signature.ts";
import { describe, type Tensor } from "./tensor.ts";
import { type Value, valueOf } from "./value.ts";

export type Tensors = Readonly<Record<string, Tensor>>;

/** Value of each symbolic dimension in one run, with the tensor that set it. */
export type Symbols = Map<string, { readonly size: number; readonly by: string }>;

/** Off the JavaScript heap, so that the addresses inside and of the array stay. */
function pointerArray(length: number): BigUint64Array {
  return new BigUint64Array(new SharedArrayBuffer(8 * Math.max(length, 1)));
}

export class Binding {
  readonly #role: "input" | "output";
  readonly #session: string;
  readonly #declared: readonly Declaration[];
  readonly #names: Uint8Array;
  readonly #nameTable: BigUint64Array;
  readonly #valueTable: BigUint64Array;
  readonly #values: (Value | undefined)[];
  /** keeps the memory of a run in flight alive */
  readonly #held: (Tensor | undefined)[];

  readonly namesAddress: Pointer;
  readonly valuesAddress: Pointer;

  constructor(session: string, role: "input" | "output", declared: readonly Declaration[]) {
    this.#session = session;
    this.#role = role;
    this.#declared = declared;
    const encoded = declared.map(({ name }) => Buffer.from(`${name}\0`));
    const bytes = Buffer.concat(encoded);
    this.#names = new Uint8Array(new SharedArrayBuffer(bytes.length + 1));
    this.#names.set(bytes);
    this.#nameTable = pointerArray(declared.length);
    this.#valueTable = pointerArray(declared.length);
    let address = addressOf(this.#names);
    encoded.forEach((name, index) => {
      this.#nameTable[index] = address;
      address += BigInt(name.length);
    });
    this.#values = declared.map(() => undefined);
    this.#held = declared.map(() => undefined);
    this.namesAddress = addressOf(this.#nameTable);
    this.valuesAddress = addressOf(this.#valueTable);
  }

  get count(): number {
    return this.#declared.length;
  }

  /**
   * Points the table at the tensors and holds them until `unbind`. Names and dtypes are checked here.
   * @returns whether any tensor is another than in the last run
   */
  bind(tensors: Tensors): boolean {
    let changed = false;
    for (let index = 0; index < this.#declared.length; index++) {
      const declared = this.#at(index);
      const tensor = tensors[declared.name];
      if (tensor === undefined) throw this.#nameError(tensors);
      if (tensor.dtype !== declared.dtype) {
        throw this.#mismatch(declared, tensor, "session-dtype");
      }
      this.#held[index] = tensor;
      const value = valueOf(tensor);
      if (value === this.#values[index]) continue;
      this.#values[index] = value;
      this.#valueTable[index] = value.address;
      changed = true;
    }
    if (Object.keys(tensors).length !== this.#declared.length) throw this.#nameError(tensors);
    return changed;
  }

  /** Checks the bound tensors against the declared shapes, and symbols against one another. */
  checkShapes(symbols: Symbols): void {
    this.#held.forEach((tensor, index) => {
      if (tensor !== undefined) this.#checkShape(this.#at(index), tensor, symbols);
    });
  }

  unbind(): void {
    this.#held.fill(undefined);
  }

  /** The next `bind` reports a change, so that shapes are checked again. */
  forget(): void {
    this.#values.fill(undefined);
  }

  #at(index: number): Declaration {
    const declared = this.#declared[index];
    if (declared === undefined) throw new RangeError(`no ${this.#role} ${index}`);
    return declared;
  }

  #checkShape(declared: Declaration, tensor: Tensor, symbols: Symbols): void {
    const { shape } = declared;
    if (shape === undefined) return;
    if (shape.length !== tensor.shape.length) {
      throw this.#mismatch(declared, tensor, "session-shape");
    }
    shape.forEach((dimension, axis) => {
      const size = tensor.shape[axis] ?? 0;
      if (typeof dimension === "number") {
        if (dimension !== size) throw this.#mismatch(declared, tensor, "session-shape");
        return;
      }
      if (dimension === "") return;
      const known = symbols.get(dimension);
      if (known === undefined) symbols.set(dimension, { size, by: declared.name });
      else if (known.size !== size) {
        const reason = `${dimension} is ${known.size} in ${known.by}`;
        throw this.#mismatch(declared, tensor, "session-shape", reason);
      }
    });
  }

  #mismatch(declared: Declaration, tensor: Tensor, code: string, reason?: string): EngineError {
    const expected = describeDeclared(declared.dtype, declared.shape);
    const given = describe(tensor.dtype, tensor.shape);
    const why = reason === undefined ? "" : ` (${reason})`;
    return new EngineError(
      `${this.#session}: ${this.#role} ${declared.name} is ${expected}, given ${given}${why}`,
      {
        code,
        hint: "Pass a tensor of the dtype and shape that the graph declares.",
        field: declared.name,
      },
    );
  }

  #nameError(tensors: Tensors): EngineError {
    const names = new Set(this.#declared.map(({ name }) => name));
    const missing = [...names].find((name) => tensors[name] === undefined);
    const unknown = Object.keys(tensors).find((name) => !names.has(name));
    const what =
      missing === undefined
        ? `there is no ${this.#role} ${unknown}`
        : `${this.#role} ${missing} was not given${unknown === undefined ? "" : `, but ${unknown} was`}`;
    return new EngineError(`${this.#session}: ${what}`, {
      code: "session-name",
      hint: `A run takes exactly the graph's ${this.#role}s: ${[...names].join(", ")}.`,
      field: missing ?? unknown,
    });
  }
}

function describeDeclared(dtype: string, shape: readonly Dimension[] | undefined): string {
  if (shape === undefined) return `${dtype} of any shape`;
  return describe(
    dtype,
    shape.map((dimension) => (dimension === "" ? "?" : dimension)),
  );
}
