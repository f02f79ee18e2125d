/** What a name of a model may be: a local folder, a GGUF file, or a repository of the hub. */

/** For the help of flags. */
export const MODEL_NAME =
  "model folder, GGUF file, owner/name[@revision] of the Hugging Face hub, or name of `placebo list organisms`";

/** `owner/name`, with a revision (`@main`) and a file of it (`/model-Q8_0.gguf`) if it says so. */
export interface HubName {
  /** owner/name */
  readonly repository: string;
  /** branch, tag or commit */
  readonly revision: string;
  /** path of a GGUF file inside the repository */
  readonly file: string | undefined;
}

const HUB_NAME =
  /^(?<repository>[\w-][\w.-]*\/[\w-][\w.-]*)(?:@(?<revision>refs\/(?:pr|convert)\/[\w.-]+|[^/@]+))?(?:\/(?<file>.+\.gguf))?$/;

/** Undefined if the text cannot name a repository. A local path that is there comes first: ask for it before. */
export function parseHubName(text: string): HubName | undefined {
  const groups = HUB_NAME.exec(text)?.groups;
  const { repository, revision = "main", file } = groups ?? {};
  // `models/mine.gguf` is a file that is not there rather than a repository.
  if (repository === undefined || repository.endsWith(".gguf")) return undefined;
  return { repository, revision, file };
}

/** `owner/name@revision`, with `/file` where one is named; `parseHubName` reads it back. */
export function formatHubName({ repository, revision, file }: HubName): string {
  return `${repository}@${revision}${file === undefined ? "" : `/${file}`}`;
}
