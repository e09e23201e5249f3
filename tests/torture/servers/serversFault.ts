import type { Installation } from './installation.ts';

/** Something that goes wrong where several servers are, tried for real. */
export type ServersFault = {
  /** as in docs/reliability.md and after `--only` */
  readonly name: string;
  /**
   * Does it, makes sure that what should come of it came, and takes it away again: afterwards every server runs. What was
   * seen, and what was measured. Errors: something else came of it.
   */
  readonly run: (installation: Installation) => Promise<Told>;
};

export type Told = {
  readonly seen: string;
  /** null: who listens should not change */
  readonly takeOver: TakeOver | null;
};

/** In seconds, from the moment from which it counts. */
export type TakeOver = {
  /** until the successor's `PbxConnected` stands in the log */
  readonly connected: number;
  /** until a call that began afterwards is a row */
  readonly rows: number;
};
