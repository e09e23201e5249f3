import type { Logger } from 'pino';
import type { RefusedFacts } from '../ports/refusedFacts.ts';
import type { Waiting } from './streamWriter.ts';

type Options = { readonly pbx: string; readonly logger: Logger; readonly refusedFacts: RefusedFacts | null };

/** Sets aside what the log refuses, and counts it by the log's code. */
export class RefusedCounts {
  readonly #options: Options;
  readonly #counts = new Map<string, number>();

  constructor(options: Options) {
    this.#options = options;
  }

  entries(): Iterable<readonly [code: string, facts: number]> {
    return this.#counts;
  }

  /** What was erased is not kept anywhere: it is of a person who wants it gone. */
  setAside(stream: string, refused: readonly Waiting[], code: string): void {
    if (code === 'STREAM_DELETED') {
      this.#count(code, refused.length, 'the PBX still speaks of a call that was erased: such facts are dropped');
      return;
    }
    const { refusedFacts } = this.#options;
    const lost = refused.filter(({ event }) => !refusedFacts?.keep({ stream, event, code })).length;
    this.#count(code, refused.length, 'the log refuses a fact of the PBX: such facts are set aside');
    if (lost > 0) this.#count('refused and lost', lost, 'facts that the log refuses cannot be kept: they are lost');
  }

  /** Says so at the first of its kind. */
  #count(code: string, facts: number, words: string): void {
    const before = this.#counts.get(code) ?? 0;
    this.#counts.set(code, before + facts);
    if (before === 0) this.#options.logger.warn({ pbx: this.#options.pbx, code }, words);
  }
}
