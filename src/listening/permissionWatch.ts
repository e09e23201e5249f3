import type { Logger } from 'pino';
import type { HeardFact } from './heard.ts';

/** So many of one kind without any of the other; with `batch=yes` call records come late, but not so late. */
const HANGUPS_WITHOUT_RECORD = 100;
const RECORDS_WITHOUT_HANGUP = 10;

const NO_RECORDS =
  'the PBX sends no call records: its manager user needs read permission `cdr`, and cdr_manager.conf `enabled = yes`';
const NO_CALLS = 'the PBX sends nothing but call records: its manager user needs read permission `call`';

/** AMI never says what an account may not read. Notices what does not come although it should, and says so once. */
export class PermissionWatch {
  readonly #pbx: string;
  readonly #logger: Logger;
  #hangups = 0;
  #records = 0;

  constructor(pbx: string, logger: Logger) {
    this.#pbx = pbx;
    this.#logger = logger;
  }

  heard({ type }: Pick<HeardFact, 'type'>): void {
    if (type === 'CallHungUp') {
      this.#hangups += 1;
      if (this.#records === 0 && this.#hangups === HANGUPS_WITHOUT_RECORD) this.#say(NO_RECORDS);
    } else if (type === 'CallDetailRecorded') {
      this.#records += 1;
      if (this.#hangups === 0 && this.#records === RECORDS_WITHOUT_HANGUP) this.#say(NO_CALLS);
    }
  }

  #say(what: string): void {
    this.#logger.warn({ pbx: this.#pbx }, what);
  }
}
