import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { pbxFactDataSchema, pbxFactMetadataSchema, streamOf } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import { nameOf } from '../errorPolicy.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Field } from '../ports/pbxSource.ts';
import { createBackoff, pause } from '../retry.ts';
import { MAX_STORING } from './memoryBudget.ts';
import type { SessionElsewhere, SessionLog } from './sessionLog.ts';

/** Both have heard the same in the same order, so what is kept here is among the first that was stored there. */
const MAX_COMPARED = 2 * MAX_STORING.frames;
const ASK_AGAIN = { minMs: 200, maxMs: 5_000 };

type Options = {
  readonly pbx: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log: EventStore;
  /** after it has aborted nothing is looked up any more */
  readonly signal: AbortSignal;
};

/** What another process has stored of a PBX while this one might not write: it is not stored again. */
export class StoredElsewhere {
  readonly #sessionLog: SessionLog;
  readonly #options: Options;
  /** how often the same was said there */
  #said = new Map<string, number>();
  #until = 0 as Micros;
  #found = 0;

  constructor(sessionLog: SessionLog, options: Options) {
    this.#sessionLog = sessionLog;
    this.#options = options;
  }

  /** From now on another process may store what this PBX says, too. */
  doubt(): void {
    this.#sessionLog.startDoubt();
  }

  isInDoubt(): boolean {
    return this.#sessionLog.doubt() !== null;
  }

  /** Ends the doubt: looks up what another process has stored until now. Waits for a log that is away. */
  async compare(): Promise<void> {
    const { pbx, clock, logger, signal } = this.#options;
    const waits = createBackoff(ASK_AGAIN);
    for (let doubt = this.#sessionLog.doubt(); doubt !== null && !signal.aborted; ) {
      try {
        this.#until = clock.now();
        this.#said = await this.#read(await this.#sessionLog.sessionsElsewhere(doubt));
        this.#sessionLog.endDoubt(doubt);
        return;
      } catch (error) {
        logger.warn(
          { pbx, error: nameOf(error) },
          'cannot see what another `serve` has stored meanwhile, trying again',
        );
        await pause(waits.next(), signal);
        doubt = this.#sessionLog.doubt();
      }
    }
  }

  /** Whether a frame with these fields, heard at `at`, was stored there: once for each time that it was said. */
  take(fields: readonly Field[], at: Micros): boolean {
    if (at > this.#until) this.#said.clear();
    if (this.#said.size === 0) return false;
    const key = keyOf(fields);
    const times = this.#said.get(key) ?? 0;
    if (times > 1) this.#said.set(key, times - 1);
    else this.#said.delete(key);
    if (times > 0) this.#found += 1;
    return times > 0;
  }

  /** Frames that were left out so. */
  found(): number {
    return this.#found;
  }

  async #read(sessions: readonly SessionElsewhere[]): Promise<Map<string, number>> {
    const { pbx, log } = this.#options;
    const said = new Map<string, number>();
    const [first] = sessions;
    if (first === undefined) return said;
    const numbers = new Set(sessions.map(({ session }) => session));
    let count = 0;
    for await (const batch of log.readAll(first.position, { streamPrefixes: [streamOf.call(pbx, '')] })) {
      for (const { data, metadata } of batch) {
        const heard = pbxFactMetadataSchema.safeParse(metadata).data;
        if (heard?.pbx !== pbx || !numbers.has(heard.session)) continue;
        const key = keyOf(pbxFactDataSchema.safeParse(data).data?.fields ?? []);
        said.set(key, (said.get(key) ?? 0) + 1);
        count += 1;
      }
      if (count >= MAX_COMPARED) break;
    }
    return said;
  }
}

/** Short, whatever the length of the fields. */
function keyOf(fields: readonly Field[]): string {
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64');
}
