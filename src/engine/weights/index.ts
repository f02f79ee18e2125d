/** Parameters in memory and on disk: Hugging Face model folders, and the optimiser's state beside them. */
export { createModelFolder, type NewModel } from "./create.ts";
export {
  convertGguf,
  type ConvertOptions,
  type GgufFile,
  type GgufTensor,
  openGguf,
} from "./gguf/index.ts";
export { initializeWeights } from "./initialize.ts";
export { loadWeights } from "./load.ts";
export {
  allocateAdapter,
  initializeAdapter,
  isAdapterFolder,
  loadAdapter,
  readAdapterConfig,
  saveAdapter,
} from "./lora.ts";
export { mergeAdapter } from "./lora-merge.ts";
export { type Moments, type OptimizerState, readOptimizer, writeOptimizer } from "./optimizer.ts";
export {
  allocateParameters,
  type Layout,
  layoutOf,
  likeParameters,
  Parameters,
  type Slot,
} from "./parameters.ts";
export { settleFolder } from "./replace-folder.ts";
export {
  type Entry,
  openSafetensors,
  type SafetensorsFile,
  writeSafetensors,
} from "./safetensors.ts";
export type { TensorInfo } from "./safetensors-header.ts";
export { type ModelToSave, saveFolder, type TokenizerFiles } from "./save.ts";
