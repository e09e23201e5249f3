import type { HeardFact } from './heard.ts';

/** So many of one kind without any of the other; with `batch=yes` call records come late, but not so late. */
const HANGUPS_WITHOUT_RECORD = 100;
const RECORDS_WITHOUT_HANGUP = 10;

/** What a PBX does not send although it should: call records, or all but these; null: nothing is known to be missing. */
export type Missing = 'records' | 'calls' | null;

/** AMI never says what an account may not read. Notices in one connection what does not come although it should. */
export class PermissionWatch {
  #hangups = 0;
  #records = 0;

  heard({ type }: Pick<HeardFact, 'type'>): void {
    if (type === 'CallHungUp') this.#hangups += 1;
    else if (type === 'CallDetailRecorded') this.#records += 1;
  }

  missing(): Missing {
    if (this.#records === 0 && this.#hangups >= HANGUPS_WITHOUT_RECORD) return 'records';
    if (this.#hangups === 0 && this.#records >= RECORDS_WITHOUT_HANGUP) return 'calls';
    return null;
  }
}
