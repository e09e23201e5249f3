import * as assert from 'uvu/assert';
import { DEFAULT_TIMINGS } from '../../src/adapters/ami/session/timings.ts';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { pbxDisconnectedSchema } from '../../src/domain/connectionEvents.ts';
import { fromRfc3339 } from '../../src/domain/time.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { eventually } from '../support/eventually.ts';
import { eventText } from '../support/fakePbx.ts';
import { factsOf, fieldOfFact, listening, readStream, seqOf } from '../support/listening.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { temporaryJournal } from '../support/temporaryJournal.ts';

const MAX_BYTES = 30_000_000;

const test = suite('the listener in a flood', { deadlineMs: 120_000 });

const database = await createDatabase();
const realLog = await openPostgresLog({ url: database.url });
test.after(async () => {
  await realLog.close();
  await database.drop();
});

test('while the log is away a flood fills the journal and no more; then the PBX is not read, and cuts us off; nothing that was received is lost', async () => {
  const so = await listening(
    realLog,
    async (client, nth) => {
      if (nth > 0) return;
      for (let n = 0; n < 100_000; n += 100) {
        client.send(floodOf(n));
        if (n % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    },
    {
      fate: (stream) => (stream.startsWith('pbx-') ? 'works' : 'LOG_UNAVAILABLE'),
      journal: await temporaryJournal({ maxBytes: MAX_BYTES }),
    },
  );
  const { listener, server, pbx } = so;
  await eventually('the journal is full', () => listener.state().journal.isFull);
  const client = server.clients[0];
  assert.ok(client);
  await eventually('the PBX cannot send any more', () => client.socket.writableLength > 1_000_000);
  const stillUnread = performance.now() + 1.1 * DEFAULT_TIMINGS.lateMs;
  await eventually('reading has stopped for long', () => performance.now() > stillUnread);
  assert.ok(client.socket.writableLength > 1_000_000, 'the PBX cannot send any more');
  const { bytes } = listener.state().journal;
  assert.ok(bytes >= MAX_BYTES && bytes < 1.5 * MAX_BYTES, `${bytes} bytes on the disk`);
  const cutAt = systemClock.now();
  client.socket.destroy();
  so.fate = () => 'works';
  await eventually('the end is stored', async () => (await endsOf(pbx)).length > 0, 100_000);
  await so.end();

  const [end] = await endsOf(pbx);
  assert.is(end?.reason, 'JOURNAL_FULL');
  const lastHeardAt = fromRfc3339(end?.last_heard_at ?? '');
  const at = fromRfc3339(end?.at ?? '');
  assert.ok(lastHeardAt !== null && lastHeardAt < cutAt - 1_000_000, 'last heard when reading stopped');
  assert.ok(at !== null && at > cutAt, 'found lost when it was read again');

  const facts = await factsOf(realLog, pbx);
  assert.ok(facts.length >= MAX_BYTES / 700);
  facts.forEach((fact, n) => {
    if (seqOf(fact) !== n || fieldOfFact(fact, 'N') !== String(n)) assert.unreachable(`fact ${n} is another`);
  });
});

function floodOf(from: number): string {
  const events = Array.from({ length: 100 }, (_, i) => {
    const id = `1795.${(from + i) % 97}`;
    return eventText('Newstate', { Uniqueid: id, Linkedid: id, Filler: 'x'.repeat(300), N: String(from + i) });
  });
  return events.join('');
}

async function endsOf(pbx: string) {
  const events = await readStream(realLog, `pbx-${pbx}`);
  return events.filter(({ type }) => type === 'PbxDisconnected').map(({ data }) => pbxDisconnectedSchema.parse(data));
}

test.run();
