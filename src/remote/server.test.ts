import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CancelledError, EngineError, InputError } from "../errors.ts";
import { readKey, RequestFailed, Server, type RemoteRequest, type ServerOptions } from "./index.ts";
import {
  sendAnswer,
  sendJson,
  startServer,
  streamAnswer,
  type TestServer,
} from "./testing/http-server.ts";

const SECRET = "sk-test-0123456789";
const request: RemoteRequest = {
  prompt: [{ role: "user", content: "What is 3 + 4?" }],
  temperature: 0.5,
  maxTokens: 16,
  seed: 7,
};

let http: TestServer;
beforeEach(async () => {
  http = await startServer((response) => sendAnswer(response, "7"));
});
afterEach(() => http.close());

function client(options: Partial<ServerOptions> = {}): Server {
  const key = readKey({ OPENAI_API_KEY: SECRET });
  return new Server({ baseUrl: http.url, model: "m", key, timeout: 20, retries: 3, ...options });
}
const ask = (server: Server, what = request, signal = new AbortController().signal) =>
  server.complete(what, signal);

/** The error that a promise ends in. */
async function failure(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Error) return error;
  throw new Error("it did not fail");
}

describe("one completion", () => {
  test("chat sends messages, completions text; both with settings, seed and key", async () => {
    const server = client();
    await ask(server);
    expect(http.seen[0]).toMatchObject({
      path: "/v1/chat/completions",
      headers: { authorization: `Bearer ${SECRET}` },
      body: { model: "m", messages: request.prompt, temperature: 0.5, max_tokens: 16, seed: 7 },
    });
    expect(http.seen[0]?.body).not.toHaveProperty("top_p");
    http.behave((response) =>
      sendJson(response, 200, { choices: [{ text: " 7", finish_reason: "length" }] }),
    );
    const plain = await ask(server, { ...request, prompt: "3 + 4 =", topP: 0.9 });
    expect(http.seen[1]).toMatchObject({
      path: "/v1/completions",
      body: { prompt: "3 + 4 =", top_p: 0.9 },
    });
    expect(plain).toEqual({ text: " 7", finish: "length", tokens: null });
  });

  test("without a key in the environment none is sent", async () => {
    await ask(client({ key: readKey({}) }));
    expect(http.seen[0]?.headers.authorization).toBeUndefined();
  });

  test("a stream is joined, with its thoughts apart", async () => {
    http.behave((response) => streamAnswer(response, ["4 + 3", " = ", "7 ✓"]));
    expect(await ask(client())).toEqual({ text: "4 + 3 = 7 ✓", finish: "stop", tokens: 3 });
    http.behave((response) =>
      sendJson(response, 200, {
        choices: [{ message: { content: "7", reasoning_content: "hm" }, finish_reason: "stop" }],
      }),
    );
    expect(await ask(client())).toMatchObject({ text: "7", reasoning: "hm" });
  });

  test("fields that a server does not know are left out from then on", async () => {
    http.behave((response, { body }) => {
      if ("stream_options" in body) {
        sendJson(response, 422, { detail: "Unexpected fields in the request: {'stream_options'}" });
      } else if ("seed" in body) {
        sendJson(response, 400, { error: { message: "Unknown field: seed" } });
      } else if ("max_tokens" in body) {
        const message = "Unsupported parameter: use 'max_completion_tokens' instead";
        sendJson(response, 400, { error: { message } });
      } else sendAnswer(response, "7");
    });
    const server = client();
    // Together, so that each request meets the refusals by itself.
    const answers = await Promise.all([1, 2, 3].map((seed) => ask(server, { ...request, seed })));
    expect(answers.map(({ text }) => text)).toEqual(["7", "7", "7"]);
    expect(server.takesSeeds).toBe(false);
    const before = http.seen.length;
    await ask(server);
    expect(http.seen.slice(before).map(({ body }) => body)).toEqual([
      expect.objectContaining({ max_completion_tokens: 16 }),
    ]);
  });
});

describe("what is tried again", () => {
  test("a storm of 429: Retry-After holds back every request, and all come through", async () => {
    http.behave((response, _, n) => {
      if (n < 6) sendJson(response, 429, { error: { message: "slow" } }, { "retry-after": "0" });
      else sendAnswer(response, "7");
    });
    const server = client({ retries: 8 });
    const answers = await Promise.all(
      [1, 2, 3, 4].map((seed) => ask(server, { ...request, seed })),
    );
    expect(answers).toHaveLength(4);
    expect(http.seen).toHaveLength(10);
  });

  test("Retry-After in seconds is waited for", async () => {
    http.behave((response, _, n) => {
      if (n === 0) sendJson(response, 503, {}, { "retry-after": "1" });
      else sendAnswer(response, "7");
    });
    const start = performance.now();
    await ask(client());
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  test.each([
    ["0", () => "0"],
    ["a date that is past", () => new Date(Date.now() - 5000).toUTCString()],
  ])("Retry-After: %s does not use up all tries at once", async (_, header) => {
    const at: number[] = [];
    http.behave((response) => {
      at.push(performance.now());
      sendJson(response, 503, {}, { "retry-after": header() });
    });
    const error = await failure(ask(client({ retries: 2 })));
    expect(error.message).toContain("tried 3 times");
    const [first = 0, second = 0, third = 0] = at;
    // The waits are at least half a second and a second.
    expect(second - first).toBeGreaterThanOrEqual(490);
    expect(third - second).toBeGreaterThanOrEqual(990);
  });

  test.each<[string, Parameters<TestServer["behave"]>[0]]>([
    ["500", (response) => sendJson(response, 500, { error: "out of memory" })],
    ["a dropped connection", (response) => void response.socket?.destroy()],
    ["a stream that breaks off", (response) => streamAnswer(response, ["4 + 3"], { end: false })],
    [
      "a stream without its end",
      (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end('data: {"choices":[{"delta":{"content":"half"}}]}\n\n');
      },
    ],
    [
      "broken JSON",
      (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end('{"choices":[{"mess');
      },
    ],
  ])("%s, and then all is well", async (_, broken) => {
    http.behave((response, seen, n) =>
      n === 0 ? broken(response, seen, n) : sendAnswer(response, "7"),
    );
    expect((await ask(client())).text).toBe("7");
    expect(http.seen).toHaveLength(2);
  });

  test("a server that stays silent runs into the time limit", async () => {
    http.behave(() => undefined);
    const error = await failure(ask(client({ timeout: 0.2, retries: 1 })));
    expect(error).toBeInstanceOf(RequestFailed);
    expect(error.message).toMatch(/timeout.*tried 2 times/);
    expect(http.seen).toHaveLength(2);
  });

  test("nobody listens: the address is no secret, the reason is told", async () => {
    await http.close();
    const error = await failure(ask(client({ retries: 0 })));
    expect(error).toBeInstanceOf(RequestFailed);
    expect(error.message).toContain("ECONNREFUSED");
  });
});

describe("what is not tried again", () => {
  test("a wrong key: one request, and no message holds the key", async () => {
    http.behave((response) =>
      sendJson(response, 401, { error: { message: `Incorrect API key: ${SECRET}.` } }),
    );
    const error = await failure(ask(client()));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code: "server-key" });
    expect(JSON.stringify(error) + (error.stack ?? "")).not.toContain(SECRET);
    expect(http.seen).toHaveLength(1);
  });

  test("a wrong address or model", async () => {
    http.behave((response) => sendJson(response, 404, { error: { message: "no model m" } }));
    expect(await failure(ask(client()))).toMatchObject({ code: "server-not-found" });
  });

  test.each([
    ["a prompt that is too long", 400, { error: { message: "maximum context length" } }],
    ["another form", 200, { result: "7" }],
    ["a withheld answer", 200, { choices: [{ message: {}, finish_reason: "content_filter" }] }],
  ])("%s costs this sample alone", async (_, status, body) => {
    http.behave((response) => sendJson(response, status, body));
    expect(await failure(ask(client()))).toBeInstanceOf(RequestFailed);
    expect(http.seen).toHaveLength(1);
  });

  test("a pause of hours ends the evaluation instead of waiting", async () => {
    http.behave((response) => sendJson(response, 429, {}, { "retry-after": "7200" }));
    const error = await failure(ask(client()));
    expect(error).toBeInstanceOf(EngineError);
    expect(error.message).toContain("120 minutes");
  });

  test.each(["while it waits for an answer", "while it waits to try again"])(
    "cancelled %s",
    async (when) => {
      const stop = new AbortController();
      http.behave((response) => {
        if (when.endsWith("again")) sendJson(response, 500, {});
        setTimeout(() => stop.abort(), 50);
      });
      expect(await failure(ask(client(), request, stop.signal))).toBeInstanceOf(CancelledError);
      expect(http.seen).toHaveLength(1);
    },
  );
});

test("requests a minute: each starts after its turn", async () => {
  const server = client({ requestsPerMinute: 300 });
  const start = performance.now();
  await Promise.all([1, 2, 3].map((seed) => ask(server, { ...request, seed })));
  // Three turns, 200 ms apart.
  expect(performance.now() - start).toBeGreaterThanOrEqual(395);
});
