/**
 * Schemas of every file that runs, trials and evaluations write: the contract between those who write and those who read.
 * What both must read out of them in the same way, such as the roles of arms, stands here too.
 */
export * from "./evaluation.ts";
export * from "./roles.ts";
export * from "./run.ts";
export * from "./trial.ts";
