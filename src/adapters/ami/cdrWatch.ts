import type { Logger } from 'pino';
import type { Frame } from '../../ports/pbxSource.ts';

/** So many channels have hung up and no call record came: with `batch=yes` some may be late, but not so many. */
const HANGUPS_WITHOUT_RECORD = 100;

/** Notices, and says once, that the PBX sends no call records: there is no error for it in AMI. */
export class CdrWatch {
  readonly #pbx: string;
  readonly #logger: Logger;
  #hangups = 0;

  constructor(pbx: string, logger: Logger) {
    this.#pbx = pbx;
    this.#logger = logger;
  }

  heard({ event }: Frame): void {
    if (event === 'Cdr') this.#hangups = Number.NEGATIVE_INFINITY;
    if (event !== 'Hangup') return;
    this.#hangups += 1;
    if (this.#hangups !== HANGUPS_WITHOUT_RECORD) return;
    const message =
      'the PBX sends no call records: its manager user needs read permission `cdr`, and cdr_manager.conf `enabled = yes`';
    this.#logger.warn({ pbx: this.#pbx }, message);
  }
}
