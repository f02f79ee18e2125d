/** Files at the boundary: atomic writes, append-only JSONL, validation with file, line and field. A leaf. */
export {
  exists,
  readJson,
  readText,
  syncPath,
  syncTree,
  systemCode,
  writeFileAtomic,
  writeJsonAtomic,
} from "./files.ts";
export { JsonlWriter, readJsonl, sizeOf } from "./jsonl.ts";
export { claimFolder, RowFile, type Claim } from "./resumable.ts";
export { isRunning } from "./process.ts";
export { dotted, parseInput, place } from "./parse.ts";
export type { Where } from "./parse.ts";
