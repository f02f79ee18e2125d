/** All search strategies. A new one is a file and a line here. */
import { InputError } from "../../errors.ts";
import { didYouMean } from "../../suggest.ts";
import { beam } from "./beam.ts";
import { bestFirst } from "./best-first.ts";
import { breadthFirst } from "./breadth-first.ts";
import type { Strategy } from "./define.ts";
import { depthFirst } from "./depth-first.ts";

export type { Agenda, AgendaOptions, Strategy } from "./define.ts";

export const strategies: readonly Strategy[] = [depthFirst, breadthFirst, beam, bestFirst];

/** @throws InputError `unknown-strategy` */
export function findStrategy(name: string): Strategy {
  const strategy = strategies.find((each) => each.name === name);
  if (strategy) return strategy;
  const names = strategies.map((each) => each.name);
  throw new InputError(`unknown controller ${JSON.stringify(name)}`, {
    code: "unknown-strategy",
    hint: didYouMean(name, names),
    field: "--controller",
  });
}
