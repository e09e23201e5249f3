import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pastSource } from '../../src/adapters/ami/index.ts';
import { streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { CallRouting, type PbxFact, pbxFactOf } from '../../src/listening/index.ts';
import { createTranslator } from '../../src/listening/translation.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';

const FIRST_AT = 1_790_000_000_000_000;
const CALL_EVERY_SECONDS = 120;
/** What waits together for one call when the log is a little behind. */
const MAX_TOGETHER = 20;

const demo = fileURLToPath(new URL('../../demo/', import.meta.url));

/** Adds the calls of several new PBXs to the log, all at once, every recording of the demo again and again. */
export async function fillLog(log: EventStore, pbxs: number, calls: number): Promise<void> {
  const run = crypto.randomUUID().slice(0, 8);
  await Promise.all(Array.from({ length: pbxs }, (_, at) => tellAll(log, `pbx${at}_${run}`, calls)));
}

async function tellAll(log: EventStore, pbx: string, calls: number): Promise<void> {
  const ends = new Map<string, bigint>();
  for (const [first, ...others] of await portionsOf(pbx, calls)) {
    if (!first) continue;
    const together = [first, ...others].map(({ stream: _, ...event }) => event);
    const { revision } = await log.append(first.stream, together, ends.get(first.stream) ?? 'no_stream');
    ends.set(first.stream, revision);
  }
}

/** What a PBX says, neighbours of one stream together. */
async function portionsOf(pbx: string, count: number): Promise<PbxFact[][]> {
  const recordings = readdirSync(demo).filter((file) => file.endsWith('.txt'));
  const calls = Array.from({ length: count }, (_, at) => ({
    recording: `${demo}${recordings[at % recordings.length]}`,
    startsAt: (FIRST_AT + at * CALL_EVERY_SECONDS * 1_000_000) as Micros,
  }));
  const translator = createTranslator(new CallRouting());
  const told = { pbx, session: 0, app: 'bench', now: FIRST_AT as Micros };
  const portions: PbxFact[][] = [[connected(pbx)]];
  for await (const item of pastSource({ pbx, calls }).items(new AbortController().signal)) {
    if (item.kind !== 'frames') continue;
    for (const heard of translator.translate(item.frames)) {
      const fact = pbxFactOf(heard, { ...told, receivedAt: item.at, saidAfter: item.saidAfter });
      const last = portions.at(-1);
      if (last?.[0]?.stream === fact.stream && last.length < MAX_TOGETHER) last.push(fact);
      else portions.push([fact]);
    }
  }
  return portions;
}

function connected(pbx: string): PbxFact {
  const at = toRfc3339(FIRST_AT as Micros);
  return {
    stream: streamOf.pbx(pbx),
    id: crypto.randomUUID(),
    type: 'PbxConnected',
    data: { at, ami_version: null, clock_offset_ms: null },
    metadata: { v: 1, recorded_at: at, app: 'bench', $correlationId: streamOf.pbx(pbx) },
  };
}
