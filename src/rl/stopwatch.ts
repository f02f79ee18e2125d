/** Wall time of a step by phase, and the time left of a run. Never an input to any result. */

export interface PhaseSeconds {
  readonly sample: number;
  readonly score: number;
  readonly train: number;
  readonly total: number;
}

/** Starts counting; `timed` adds a piece of work to its phase. */
export function stopwatch() {
  const start = performance.now();
  const spent = { sample: 0, score: 0, train: 0 };
  return {
    timed: async <Result>(phase: keyof typeof spent, work: () => Promise<Result>) => {
      const from = performance.now();
      const result = await work();
      spent[phase] += (performance.now() - from) / 1000;
      return result;
    },
    seconds: (): PhaseSeconds => ({ ...spent, total: (performance.now() - start) / 1000 }),
  };
}

/** Weight of the newest duration in a moving average. */
const NEWEST = 0.3;

/** Exponential moving average; 0 before the first value. */
export function movingAverage() {
  let average: number | undefined;
  return {
    add(value: number) {
      average = average === undefined ? value : NEWEST * value + (1 - NEWEST) * average;
    },
    value: () => average ?? 0,
  };
}
