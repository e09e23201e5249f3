import type { FloodPbx } from './floodPbx.ts';

/** A PBX that says everything, and what can be asked of the program about it from outside. */
export type Witness = {
  readonly pbx: FloodPbx;
  /** what was said before was never to be heard */
  readonly heardSince: number;
  readonly get: (path: string) => Promise<string>;
};
