import { nameOf, policyOf } from '../errorPolicy.ts';
import { hasCode } from '../errors.ts';
import type { EventStore, ExpectedRevision } from '../ports/eventStore.ts';
import type { RefusedFact } from '../ports/refusedFacts.ts';
import type { RefusedFolder } from './refusedFolder.ts';

/** How often an append is tried anew because the PBX goes on speaking of the same call. */
const MAX_TRIES = 20;

export type RefusedAppended = {
  /** in the log now, also those that stood there already */
  readonly stored: number;
  /** of calls that were erased meanwhile: they are removed, too */
  readonly erased: number;
  /** refused again, by code; they stay */
  readonly refused: ReadonlyMap<string, number>;
};

/**
 * Appends again what the log had refused, each fact with its own id, in the order in which the PBX said them. What is stored
 * leaves the folder. Safe to repeat. Errors: those of the log that pass or need a person.
 */
export async function appendRefused(
  log: Pick<EventStore, 'append' | 'readStream'>,
  folder: Pick<RefusedFolder, 'read' | 'remove'>,
): Promise<RefusedAppended> {
  const streams = new Map<string, KnownStream>();
  const refused = new Map<string, number>();
  let [stored, erased] = [0, 0];
  for (const fact of folder.read().facts) {
    const stream = streams.get(fact.stream) ?? new KnownStream(log, fact.stream);
    streams.set(fact.stream, stream);
    const code = await stream.append(fact);
    if (code === null || code === 'STREAM_DELETED') folder.remove(fact);
    if (code === null) stored += 1;
    else if (code === 'STREAM_DELETED') erased += 1;
    else refused.set(code, (refused.get(code) ?? 0) + 1);
  }
  return { stored, erased, refused };
}

/** A stream, read once, and what others write into it meanwhile. */
class KnownStream {
  readonly #log: Pick<EventStore, 'append' | 'readStream'>;
  readonly #stream: string;
  readonly #ids = new Set<string>();
  #end: ExpectedRevision | null = null;

  constructor(log: Pick<EventStore, 'append' | 'readStream'>, stream: string) {
    this.#log = log;
    this.#stream = stream;
  }

  /** Why the log refuses the fact; null when it stands there. */
  async append({ event }: RefusedFact): Promise<string | null> {
    for (let tries = 1; ; tries += 1) {
      try {
        const end = this.#end ?? (await this.#readOn('no_stream'));
        if (this.#ids.has(event.id)) return null;
        this.#end = (await this.#log.append(this.#stream, [event], end)).revision;
        return null;
      } catch (error) {
        if (hasCode(error, 'WRONG_EXPECTED_REVISION') && tries < MAX_TRIES) {
          await this.#readOn(this.#end ?? 'no_stream');
          continue;
        }
        const policy = policyOf(error);
        if (policy === 'later' || policy === 'person') throw error;
        return nameOf(error);
      }
    }
  }

  async #readOn(after: ExpectedRevision): Promise<ExpectedRevision> {
    let end = after;
    for await (const batch of this.#log.readStream(this.#stream, { from: after === 'no_stream' ? 0n : after + 1n })) {
      for (const { id } of batch) this.#ids.add(id);
      end = batch.at(-1)?.revision ?? end;
    }
    this.#end = end;
    return end;
  }
}
