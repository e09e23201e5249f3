import type { Connection } from '../../src/domain/call/foldGroup.ts';
import type { CallEntry } from '../../src/domain/entry.ts';
import type { Fact } from '../../src/domain/facts/fact.ts';
import { heardFact } from '../../src/domain/facts/factOf.ts';
import { groupFacts } from '../../src/domain/facts/grouping.ts';
import { foldAndRead } from '../../src/domain/readGroup.ts';
import type { Rules } from '../../src/domain/rules.ts';
import type { Micros } from '../../src/domain/time.ts';
import { createTranslator } from '../../src/listening/translation.ts';
import type { PbxSource } from '../../src/ports/pbxSource.ts';

const SESSION = 0;

/** The rows of all that a source says on its one connection, by the translation and the fold of a live one. */
export async function rowsOfSource({ pbx, items }: PbxSource, rules: Rules): Promise<CallEntry[]> {
  const translator = createTranslator({ callOf: () => null });
  const facts: Fact[] = [];
  const connections: Connection[] = [];
  let connectedAt: Micros | null = null;
  for await (const item of items(new AbortController().signal)) {
    if (item.kind === 'connected') connectedAt = item.at;
    else if (item.kind === 'frames') {
      for (const { type, fields, seq } of translator.translate(item.frames)) {
        facts.push(heardFact(type, fields, { pbx, session: SESSION, seq, receivedAt: item.at, saidAfter: null }));
      }
    } else if (item.kind === 'disconnected' && connectedAt !== null && item.at !== null) {
      const { at: disconnectedAt, lastHeardAt, pbxWentDown, reason } = item;
      connections.push({ pbx, session: SESSION, connectedAt, disconnectedAt, lastHeardAt, pbxWentDown, reason });
    }
  }
  return groupFacts(facts).flatMap((group) =>
    foldAndRead(group, { connections, rules }).entries.map(({ outside: _, ...entry }) => entry),
  );
}
