/** A recording → its facts → its rows, by the same translation and the same fold as a live connection. */

import { recordingSource } from '../../adapters/ami/recordings/recording.ts';
import type { Connection } from '../../domain/call/foldGroup.ts';
import { compareCallIds } from '../../domain/callId.ts';
import type { CallEntry } from '../../domain/entry.ts';
import { LISTENER_FACT_TYPES } from '../../domain/events.ts';
import type { Fact } from '../../domain/facts/fact.ts';
import { heardFact } from '../../domain/facts/factOf.ts';
import { callsOf, groupFacts } from '../../domain/facts/grouping.ts';
import { foldAndRead } from '../../domain/readGroup.ts';
import type { Rules } from '../../domain/rules.ts';
import type { Micros } from '../../domain/time.ts';
import { createTranslator } from '../../listening/translation.ts';

/** What one connection said, and the connection itself; null when nothing tells its times. */
export type Recording = { readonly facts: readonly Fact[]; readonly connection: Connection | null };

const PBX = 'pbx';
/** A recording is one connection. */
const SESSION = 0;
/** Nothing of it is stored, so nobody asks in which stream. */
const NO_ROUTING = { callOf: () => null };

/** Errors: `RECORDING_UNREADABLE`, `AMI_TOO_OLD`. */
export async function readRecording(file: string): Promise<Recording> {
  const translator = createTranslator(NO_ROUTING);
  const facts: Fact[] = [];
  let connectedAt: Micros | null = null;
  let connection: Connection | null = null;
  for await (const item of recordingSource(file, { pbx: PBX }).items(new AbortController().signal)) {
    if (item.kind === 'connected') connectedAt = item.at;
    else if (item.kind === 'frames' || item.kind === 'seen') {
      const { at: receivedAt, saidAfter } = item;
      const heard = item.kind === 'frames' ? translator.translate(item.frames) : translator.show(item.channels);
      for (const { type, fields, seq } of heard) {
        const by = { pbx: PBX, session: SESSION, seq, receivedAt, saidAfter };
        facts.push(heardFact(type, fields, by));
      }
    } else if (item.kind === 'disconnected' && connectedAt !== null && item.at !== null) {
      const { at: disconnectedAt, lastHeardAt, pbxWentDown, reason } = item;
      connection = { pbx: PBX, session: SESSION, connectedAt, disconnectedAt, lastHeardAt, pbxWentDown, reason };
    }
  }
  return { facts, connection };
}

/** The rows of a recording, oldest first. What is open at its end ends there: nothing more is expected. */
export function rowsOf({ facts, connection }: Recording, rules: Rules): CallEntry[] {
  const connections = connection === null ? [] : [connection];
  return groupFacts(facts)
    .map((group) => [...group, ...callsOf(group).flatMap(givenUp)])
    .flatMap((group) => foldAndRead(group, { connections, rules }).entries)
    .map(({ outside: _, ...entry }) => entry)
    .sort((a, b) => compareCallIds(a.ext_message_id, b.ext_message_id));
}

/** The fact that a listener would have appended at last, in the words of the call's last fact. */
function givenUp(call: readonly Fact[]): Fact[] {
  const last = call.at(-1);
  return last ? [{ ...last, type: LISTENER_FACT_TYPES.callGivenUp, seq: Number.MAX_SAFE_INTEGER, record: null }] : [];
}
