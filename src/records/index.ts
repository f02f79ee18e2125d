/** Schemas of every file that runs and trials write: the contract between those who write and those who read. */
export * from "./run.ts";
export * from "./trial.ts";
