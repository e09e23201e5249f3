import { runningEmbeddedPostgres } from '../../src/adapters/postgres/index.ts';
import { callLoggedSchema } from '../../src/domain/acts/manualCall.ts';
import { pbxFactMetadataSchema, type RecordedEvent } from '../../src/domain/events.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { BEGINNING, type EventStore } from '../../src/ports/eventStore.ts';
import { createPool } from '../../src/postgres.ts';
import { assertAgreesWithLog } from '../projections/support/agreement.ts';
import { toFold } from '../projections/support/readModel.ts';
import { eventually } from '../support/eventually.ts';
import { completeness } from '../torture/completeness.ts';
import { EVENTS_A_CALL } from '../torture/numberedCall.ts';
import type { Scene } from '../torture/scene.ts';

/** What became of all that the PBX and somebody with a telephone list have said. */
export type Verdict = {
  readonly calls: number;
  readonly facts: number;
  readonly byHand: number;
  /** what must not be, in words; empty: nothing was lost or doubled, and the rows are the fold of the log */
  readonly broken: readonly string[];
};

/** Compares log and rows with what was said, when nothing more is said. `byHand` calls have lasted 1, 2, … seconds. */
export async function verdictOn(scene: Scene, log: EventStore, byHand: number): Promise<Verdict> {
  const { broken: brokenRows } = await completeness(scene);
  const events: RecordedEvent[] = [];
  for await (const batch of log.readAll(BEGINNING)) events.push(...batch);
  const facts = events.filter(({ stream }) => stream.startsWith('call-'));
  const broken = [
    ...brokenRows,
    ...wrongFacts(scene, facts),
    ...wrongIds(events),
    ...wrongCallsByHand(events, byHand),
    ...(await wrongRows(scene, log)),
  ];
  return { calls: scene.pbx.calls.length, facts: facts.length, byHand, broken };
}

/** Of each call all that was said, and the facts of each session counted from 0 without a hole. */
function wrongFacts(scene: Scene, facts: readonly RecordedEvent[]): readonly string[] {
  const [ofStream, ofSession] = [new Map<string, number>(), new Map<number, number[]>()];
  for (const { stream, metadata } of facts) {
    ofStream.set(stream, (ofStream.get(stream) ?? 0) + 1);
    const { session, seq } = pbxFactMetadataSchema.parse(metadata);
    const seqs = ofSession.get(session) ?? [];
    seqs.push(seq);
    ofSession.set(session, seqs);
  }
  const stored = scene.pbx.calls
    .filter(({ beganAt }) => beganAt > scene.heardSince)
    .map(({ uniqueids: [linkedid] }) => ofStream.get(`call-pbx-${linkedid}`) ?? 0);
  const lost = stored.filter((count) => count < EVENTS_A_CALL).length;
  const more = stored.filter((count) => count > EVENTS_A_CALL).length;
  const broken = [...ofSession.values()].filter((seqs) => {
    return seqs.toSorted((a, b) => a - b).some((seq, n) => seq !== n);
  });
  return [
    ...told(lost, 'calls lack facts'),
    ...told(more, 'calls have facts twice'),
    ...told(broken.length, 'sessions have holes, or facts twice'),
  ];
}

function wrongIds(events: readonly RecordedEvent[]): readonly string[] {
  return told(events.length - new Set(events.map(({ id }) => id)).size, 'ids are there twice');
}

function wrongCallsByHand(events: readonly RecordedEvent[], taken: number): readonly string[] {
  const logged = events.filter(({ type }) => type === 'CallLogged');
  const lengths = logged.map(({ data }) => callLoggedSchema.parse(data).duration_seconds);
  const different = new Set(lengths);
  const lost = Array.from({ length: taken }, (_, n) => n + 1).filter((length) => !different.has(length)).length;
  return [
    ...told(lost, 'calls by hand are lost'),
    ...told(lengths.length - different.size, 'calls by hand are there twice'),
    ...told(different.size - (taken - lost), 'calls by hand were never taken'),
  ];
}

async function wrongRows(scene: Scene, log: EventStore): Promise<readonly string[]> {
  const pool = createPool((await runningEmbeddedPostgres(scene.folder)) ?? '');
  try {
    const version = {
      version: 1,
      schema: 'read_v1',
      derivation: '',
      rules: defaultRules(scene.settings.COUNTRY ?? null),
    };
    await eventually('all calls are folded', async () => !(await toFold({ pool, version })));
    await assertAgreesWithLog({ pool, log, version });
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message.slice(0, 2_000) : String(error)];
  } finally {
    await pool.end();
  }
}

function told(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${what}`];
}
