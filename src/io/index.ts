/** Files at the boundary: atomic writes, append-only JSONL, validation with file, line and field. A leaf. */
export {
  exists,
  readJson,
  readText,
  removeTemporaries,
  syncPath,
  syncTree,
  systemCode,
  writeFileAtomic,
  writeJsonAtomic,
} from "./files.ts";
export { canonicalJson, hashFile, hashOf } from "./canonical.ts";
export { JsonlWriter, readJsonl, sizeOf } from "./jsonl.ts";
export { isLocked, isScrap, LOCK_FILE, lockFolder, type Claimed, type Release } from "./lock.ts";
export { claimFolder, RowFile, type Claim, makeAndLock, unwritable } from "./resumable.ts";
export { isRunning } from "./process.ts";
export { dotted, parseInput, place } from "./parse.ts";
export type { Where } from "./parse.ts";
