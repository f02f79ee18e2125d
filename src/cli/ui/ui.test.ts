import { describe, expect, test } from "vitest";
import { decimal, duration, gain, percent, plural, count, signedPoints } from "./format.ts";
import { bar, LiveArea } from "./progress.ts";
import { table } from "./table.ts";
import { openTerminal, visibleWidth } from "./terminal.ts";

/** A stream that keeps what is written on it. */
function memoryStream(properties: { isTTY?: boolean; columns?: number; rows?: number } = {}) {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  return { ...properties, hasColors: () => true, write, text: () => written.join("") };
}

describe("numbers", () => {
  test("gains carry sign, unit and interval", () => {
    expect(gain(0.123, [0.081, 0.164])).toBe("+12.3 points [8.1, 16.4]");
    expect(gain(-0.02, [-0.0512, 0.0004])).toBe("−2.0 points [−5.1, 0.0]");
    expect(signedPoints(-0.0001)).toBe("+0.0");
  });

  test("what was not counted is no number", () => {
    expect([percent(null), decimal(null), decimal(NaN), duration(null)]).toEqual(
      Array(4).fill("–"),
    );
    expect(percent(0)).toBe("0.0%");
  });

  test.each([
    [0.04, "0.0 s"],
    [9.94, "9.9 s"],
    [9.96, "10 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00 s"],
    [125, "2 min 05 s"],
    [3599.6, "1 h 00 min"],
    [7260, "2 h 01 min"],
  ])("%f seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));

  test.each([
    [0, "0"],
    [0.000012345, "1.23e−5"],
    [-0.5, "−0.500"],
    [15.678, "15.7"],
    [1234.5, "1235"],
    [2.5e7, "2.50e+7"],
  ])("%f with three digits is %s", (value, text) => expect(decimal(value)).toBe(text));

  test("counts and plurals", () => {
    expect([count(999), count(1840), count(18_342), count(135e6)]).toEqual([
      "999",
      "1.84k",
      "18.3k",
      "135.0M",
    ]);
    expect([plural(1, "run"), plural(0, "run")]).toEqual(["1 run", "0 runs"]);
  });
});

describe("table", () => {
  test("aligns by what is seen, not by escape sequences", () => {
    const lines = table(
      [{ title: "arm" }, { title: "gain", align: "right" }],
      [
        ["\u001B[1mtruth\u001B[22m", "−1.0"],
        ["self-certainty", "+12.3"],
      ],
    );
    expect(lines).toEqual([
      "arm              gain",
      "\u001B[1mtruth\u001B[22m            −1.0",
      "self-certainty  +12.3",
    ]);
    expect(visibleWidth(lines[1] ?? "")).toBe(visibleWidth(lines[2] ?? ""));
  });

  test("stands without rows", () => expect(table([{ title: "arm" }], [])).toEqual(["arm"]));
});

describe("terminal", () => {
  const paint = (stream: Parameters<typeof openTerminal>[0], env: NodeJS.ProcessEnv) =>
    openTerminal(stream, env).paint("red", "x");

  test("colours terminals only, and not against NO_COLOR", () => {
    const tty = memoryStream({ isTTY: true });
    expect(paint(tty, {})).toBe("\u001B[31mx\u001B[39m");
    expect(paint(tty, { NO_COLOR: "" })).toBe("\u001B[31mx\u001B[39m");
    expect(paint(tty, { NO_COLOR: "1" })).toBe("x");
    expect(paint(tty, { TERM: "dumb" })).toBe("x");
    expect(paint(memoryStream(), {})).toBe("x");
  });
});

describe("live area", () => {
  test("erases as many lines as it drew, then gives the cursor back", () => {
    const stream = memoryStream({ isTTY: true, columns: 10, rows: 10 });
    const area = new LiveArea(openTerminal(stream, {}));
    area.draw(() => ["one", "a line that is too long"], true);
    area.draw(() => ["two"], true);
    area.clear();
    const up = "\u001B[1A\u001B[2K";
    expect(stream.text()).toBe(
      `\u001B[?25lone\na line th\n\u001B[?25l${up}${up}two\n${up}\u001B[?25h`,
    );
  });

  test("never draws more lines than the screen can hold", () => {
    const stream = memoryStream({ isTTY: true, columns: 40, rows: 6 });
    new LiveArea(openTerminal(stream, {})).draw(() => Array(20).fill("row"), true);
    expect(stream.text().split("\n")).toHaveLength(5);
    expect(stream.text()).toContain("… 17 more lines");
  });

  test("draws nothing on a stream that is no terminal", () => {
    const stream = memoryStream();
    const area = new LiveArea(openTerminal(stream, {}));
    area.draw(() => ["row"], true);
    area.finish(() => ["row"]);
    expect(stream.text()).toBe("");
  });

  test("bars are full at one and stay inside their width", () => {
    expect([bar(0, 4), bar(0.5, 4), bar(7, 4)]).toEqual(["░░░░", "██░░", "████"]);
  });
});
