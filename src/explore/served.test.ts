import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Server } from "../remote/index.ts";
import {
  sendAnswer,
  sendJson,
  startServer,
  type Behaviour,
  type TestServer,
} from "../remote/testing/http-server.ts";
import { GIVE_UP_AFTER } from "../remote/index.ts";
import { searchFamily } from "../search/index.ts";
import { servedProposer, type ServedProposerOptions } from "./index.ts";
import { Script } from "./script.ts";
import { exploreAll, taskOf } from "./testing/explore-all.ts";

let http: TestServer;
beforeEach(async () => {
  http = await startServer((response) => sendAnswer(response, "1"));
});
afterEach(() => http.close());

const task = taskOf(searchFamily("permutations"), { elements: [1, 2, 3] });

function proposer(options: Partial<ServedProposerOptions> = {}) {
  const settings = { baseUrl: http.url, model: "m", key: undefined, timeout: 20, retries: 0 };
  const how = { api: "chat", temperature: 0, tries: 3, concurrency: 1, info: {} } as const;
  return servedProposer(new Server(settings), { ...how, ...options });
}

/** An answer without a count of its tokens; `thought` stands apart from the text. */
const uncounted =
  (content: string, thought?: string): Behaviour =>
  (response) =>
    sendJson(response, 200, {
      choices: [{ message: { content, reasoning_content: thought }, finish_reason: "stop" }],
    });
const limits = () => http.seen.map(({ body }) => Number(body["max_tokens"]));

describe("what an answer costs", () => {
  it("is what the server counts", async () => {
    http.behave((response) => sendAnswer(response, "CHECK([3])==continue;"));
    const [trace] = await exploreAll(proposer({ tries: 1 }), [task]);
    // Every other question has the same answer, which is no open move then.
    expect(trace).toMatchObject({ stop: "exhausted", effort: { proposed: 1 } });
    expect(trace?.tokens).toBe(21 * http.seen.length);
  });

  it("is the bytes that it wrote where the server counts nothing, and then nobody knows the tokens", async () => {
    http.behave(uncounted("CHECK([3])==continue;\n✓", "hm"));
    const unlimited = proposer();
    const script = new Script("Input: [1,2,3]\n", unlimited, 1000);
    const lines = ["CHECK([1])==continue;", "CHECK([3])==continue;"];
    const [opinion] = await unlimited.ask([{ script, lines, draw: () => 0 }], {});
    // The line with its newline, a mark of three bytes, and the thought.
    expect(opinion).toEqual({ kind: "pick", index: 1, tokens: 22 + 3 + 2, isEstimate: true });
    const [trace] = await exploreAll(unlimited, [task]);
    expect(trace).toMatchObject({ tokens: null, stop: "exhausted" });
  });

  it("ends the search when nothing is left, and nothing is asked without room", async () => {
    // Of 10 bytes a try three fit; a fourth would have room for nothing.
    http.behave(uncounted("0123456789"));
    const [trace] = await exploreAll(proposer({ tries: 100 }), [task], { tokens: 30 });
    expect(limits()).toEqual([30, 20, 10]);
    expect(trace).toMatchObject({ stop: "budget", finish: "length", tokens: null, text: "" });
  });

  it("is paid to the last token: the line that took it stands, and no further question is asked", async () => {
    http.behave(uncounted("CHECK([3])==continue;"));
    const [trace] = await exploreAll(proposer(), [task], { tokens: 21 });
    expect(limits()).toEqual([21]);
    expect(trace).toMatchObject({ stop: "budget", text: "CHECK([3])==continue;" });
  });

  it("is too much: the line that went beyond the budget is not made", async () => {
    // A server that counts more than it was allowed.
    http.behave((response) => sendAnswer(response, "CHECK([3])==continue;"));
    const [trace] = await exploreAll(proposer(), [task], { tokens: 20 });
    expect(trace).toMatchObject({ stop: "budget", text: "", effort: { proposed: 0, own: 0 } });
  });

  it("is at most what was allowed where the server counts nothing", async () => {
    http.behave(uncounted("CHECK([3])==continue;"));
    const [trace] = await exploreAll(proposer(), [task], { tokens: 20 });
    expect(trace).toMatchObject({ stop: "budget", text: "CHECK([3])==continue;" });
  });
});

describe("times that it is asked for one move", () => {
  const script = () => new Script(task.prompt, proposer(), 1000);
  const question = { lines: ["a;", "b;"], draw: () => 0.5 };

  it.each([
    ["chat, at temperature 0", { api: "chat", temperature: 0 }, 3],
    ["completions", { api: "completions", temperature: 1 }, 3],
    [
      "completions at temperature 0, which give the same again",
      { api: "completions", temperature: 0 },
      1,
    ],
  ] as const)("%s", async (_, options, times) => {
    const choice = { text: "c", message: { content: "c" }, finish_reason: "stop" };
    http.behave((response) => sendJson(response, 200, { choices: [choice] }));
    const asked = [{ ...question, script: script() }];
    const [opinion] = await proposer({ tries: 3, ...options }).ask(asked, {});
    expect(opinion).toMatchObject({ kind: "pick", index: null });
    expect(http.seen).toHaveLength(times);
  });

  it("a server that is gone is not asked all questions of a round", async () => {
    http.behave((response) => sendJson(response, 500, { error: "out of memory" }));
    const questions = Array.from({ length: 40 }, () => ({ ...question, script: script() }));
    const opinions = await proposer().ask(questions, {});
    expect(opinions.map(({ kind }) => kind)).toEqual(questions.map(() => "failed"));
    expect(http.seen).toHaveLength(GIVE_UP_AFTER);
  });
});
