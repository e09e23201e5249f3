import { earlier, later, type Micros } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hearing } from './hearing.ts';
import type { Journal } from './journal/journal.ts';
import type { Words } from './sharing/words.ts';
import type { Storing } from './storing.ts';

type Options = {
  readonly hearing: Pick<Hearing, 'tells' | 'isConnected'>;
  readonly storing: Pick<Storing, 'session' | 'behindLast' | 'oldestAt'>;
  readonly journal: Pick<Journal, 'state'>;
  readonly clock: Clock;
};

/** What a server that listens tells whoever comes after it. */
export class Telling {
  readonly #options: Options;
  #storedUntil: Micros | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  words(): Omit<Words, 'server'> {
    const { hearing, storing } = this.#options;
    const heard = hearing.tells();
    const session = storing.session();
    return {
      ...heard,
      connection: session?.connection ?? heard.connection,
      session: session?.session ?? null,
      storedUntil: this.#storedUntilNow(heard.heardUntil),
      position: storing.behindLast()?.toString() ?? null,
    };
  }

  /** It only grows: what is stored stays stored. */
  #storedUntilNow(heardUntil: Micros | null): Micros | null {
    const { hearing, storing, journal, clock } = this.#options;
    const heard = hearing.isConnected() ? heardUntil : clock.now();
    const isAll = journal.state().records === 0;
    const waits = storing.oldestAt();
    // what waits and was not looked at yet is not known by its time
    if (isAll || waits !== null) this.#storedUntil = later(this.#storedUntil, isAll ? heard : earlier(heard, waits));
    return this.#storedUntil;
  }
}
