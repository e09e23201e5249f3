import type { Scene } from './scene.ts';

/** Something that goes wrong, tried for real. */
export type Fault = {
  /** as in docs/reliability.md and after `--only` */
  readonly name: string;
  /** what has to be there beside `serve`, a PBX and an embedded PostgreSQL; default: nothing */
  readonly stage?: Stage;
  /**
   * Does it, makes sure that it is seen from outside while it lasts, and takes it away again. What was seen, in words.
   * Errors: it was not seen, or `serve` did something else than it should.
   */
  readonly run: (scene: Scene) => Promise<string>;
};

/** Runs `work` with settings and a folder of its own; the reason when that cannot be had here. */
export type Stage = (
  work: (around: { readonly folder: string; readonly settings?: Readonly<Record<string, string>> }) => Promise<void>,
) => Promise<{ readonly skipped: string } | null>;
