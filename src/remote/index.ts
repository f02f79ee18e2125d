/** Models on servers that speak OpenAI's protocol. */
export type { RemoteCompletion } from "./answer.ts";
export { DEFAULT_KEY_VARIABLE, readKey, type ApiKey } from "./key.ts";
export { GIVE_UP_AFTER, Patience } from "./patience.ts";
export { RequestFailed, Server, type RemoteRequest, type ServerOptions } from "./server.ts";
export { isTarget, parseTarget, type Target } from "./target.ts";
