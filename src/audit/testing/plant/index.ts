/** Errors that can be planted, by family: one table a family, complete for the labels that the family has. */
import type { Label } from "../../../search/index.ts";
import type { Mutation, Mutations } from "./define.ts";
import { numberErrors } from "./number-games.ts";
import {
  bfsErrors,
  clusteringErrors,
  countingErrors,
  editErrors,
  factorErrors,
  windowErrors,
} from "./procedures.ts";
import { floodErrors, permutationErrors } from "./searches.ts";

export type { Planted } from "./define.ts";

/** A table of one family among those of others: problems come from the same family's generator. */
const anyProblem = <Problem>(mutations: Mutations<Problem>): Mutations<unknown> =>
  // The caller pairs a table with its own family's problems; the types of the list cannot say so.
  mutations as Mutations<unknown>;

const tables: Readonly<Record<string, Mutations<unknown>>> = {
  counting: anyProblem(countingErrors),
  "sliding-window": anyProblem(windowErrors),
  "flood-fill": anyProblem(floodErrors),
  "edit-distance": anyProblem(editErrors),
  clustering: anyProblem(clusteringErrors),
  factorisation: anyProblem(factorErrors),
  permutations: anyProblem(permutationErrors),
  game24: anyProblem(numberErrors),
  countdown: anyProblem(numberErrors),
  "grid-bfs": anyProblem(bfsErrors),
};

/** How an error is planted in a family. @throws RangeError where nobody wrote how */
export function mutationsOf(family: string, label: Label): readonly Mutation<unknown>[] {
  const mutations = tables[family]?.[label];
  if (!mutations) throw new RangeError(`no way to plant a ${label} in ${family}`);
  return mutations;
}
