/** One measured value beside the baseline that was taken in the same run. `ratio` is value / baseline. */
export type BenchLine = {
  readonly bench: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number;
  readonly ratio: number;
  /** what the reader of the numbers has to know */
  readonly note?: string;
};
