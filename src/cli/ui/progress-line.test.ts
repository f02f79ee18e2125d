import { describe, expect, test } from "vitest";
import { ProgressLine } from "./progress-line.ts";
import { openTerminal } from "./terminal.ts";

/** What 1000 updates of an organism leave on a stream, one every `milliseconds`. */
function written(stream: { readonly isTTY?: boolean }, milliseconds: number): string {
  let text = "";
  let now = 0;
  const terminal = openTerminal({ ...stream, write: (more) => (text += more) }, {});
  const line = new ProgressLine(terminal, undefined, () => now);
  for (let done = 1; done <= 1000; done++) {
    now += milliseconds;
    line.show({ what: "pretraining coder", share: done / 1000, facts: `${1000 - done} s left` });
  }
  line.clear();
  return text;
}

describe("progress of one piece of work", () => {
  test("in a log: a line at the start and at every tenth, with the time left", () => {
    const lines = written({}, 200).trimEnd().split("\n");
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe("pretraining coder: 0%  999 s left");
    expect(lines[3]).toBe("pretraining coder: 30%  700 s left");
    expect(lines.at(-1)).toBe("pretraining coder: 100%  0 s left");
  });

  test("in a log: little of what is over in a moment, and more of what takes long", () => {
    expect(written({}, 1).trimEnd().split("\n")).toHaveLength(1);
    const shares = [...written({}, 6000).matchAll(/: (\d+)%/g)].map(([, share]) => Number(share));
    expect(shares.length).toBeGreaterThan(100);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  test("in a log: what follows is told from its start", () => {
    let text = "";
    let now = 0;
    const line = new ProgressLine(
      openTerminal({ write: (more) => (text += more) }, {}),
      undefined,
      () => (now += 2000),
    );
    for (const what of ["downloading", "downloading", "converting"]) {
      for (const share of [0, 0.5, 1]) line.show({ what, share, facts: "" });
    }
    expect(text.match(/\d+%/g)).toEqual([
      "0%",
      "50%",
      "100%",
      "0%",
      "50%",
      "100%",
      "0%",
      "50%",
      "100%",
    ]);
  });

  test("on a terminal: a bar that is drawn over and taken away", () => {
    const text = written({ isTTY: true }, 200);
    expect(text).toMatch(/pretraining coder █*░+ \d+%/);
    expect(text).not.toContain("pretraining coder: ");
  });
});
