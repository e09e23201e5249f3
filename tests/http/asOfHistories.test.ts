import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type NewEvent, streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { Appending } from '../projections/support/appending.ts';
import { customerRemoved, customerTold, personsEvent, type Told } from '../projections/support/events.ts';
import { demoRecording, sessionOf } from '../projections/support/recordedCalls.ts';
import { suite } from '../support/suite.ts';
import { startSystem } from './support/system.ts';

const test = suite('entries as they were, in random histories', { deadlineMs: 120_000 });
const system = await startSystem();
test.after(system.close);

const appending = new Appending(system.log);
const RECORDINGS = ['inbound-answered', 'inbound-transferred', 'outbound-answered'];
const RUNS = 3;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const steps = fc.array(
  fc.record({
    what: fc.constantFrom('hear', 'register', 'remove', 'assign', 'unassign', 'note', 'done', 'open'),
    call: fc.nat({ max: RECORDINGS.length - 1 }),
    part: fc.double({ min: 0.1, max: 1, noNaN: true }),
  }),
  { minLength: 8, maxLength: 14 },
);
type Step = { readonly what: string; readonly call: number; readonly part: number };

let histories = 0;

/** Calls that are heard piece by piece, while people and the CRM say what they want about them. */
async function history(): Promise<{
  ids(): Promise<string[]>;
  tell(step: Step, at: Micros): Promise<readonly Told[]>;
}> {
  histories += 1;
  const pbx = `pbx_${histories}`;
  const told = await sessionOf(pbx, 0, RECORDINGS.map(demoRecording));
  const entries = async () => (await system.readModel.list({}, null, 100)).items.filter((item) => item.pbx === pbx);
  const recorded = ({ stream, event }: Told, at: Micros): Told => ({
    stream,
    event: { ...event, metadata: { ...event.metadata, recorded_at: toRfc3339(at) } },
  });
  let heard = 0;
  return {
    ids: async () => (await entries()).map(({ id }) => id),
    async tell({ what, call, part }, at) {
      if (what === 'hear') {
        const from = heard;
        heard = Math.min(told.length, from + Math.ceil(part * told.length));
        return told.slice(from, heard).map((one) => recorded(one, at));
      }
      const entry = (await entries())[call];
      if (!entry) return [];
      const customer = `c-${histories}-${call}`;
      const say = (type: string, data: NewEvent['data']): Told[] => [
        { stream: streamOf.annotation(entry.id), event: personsEvent(type, data, at) },
      ];
      switch (what) {
        case 'register':
          return [customerTold('CustomerRegistered', customer, [entry.external_number ?? ''], at)];
        case 'remove':
          return [customerRemoved(customer, at)];
        case 'assign':
          return say('CallAssigned', { customer_id: customer });
        case 'unassign':
          return say('CallUnassigned', {});
        case 'note':
          return say('NoteAdded', { text: `note ${part}` });
        default:
          return say(what === 'done' ? 'CallMarkedDone' : 'CallMarkedOpen', {});
      }
    },
  };
}

async function shown(id: string, query = ''): Promise<unknown> {
  // the clock runs: a token does not last for a history
  const token = await system.token('auditor');
  const { status, json } = await system.ask({ path: `/api/crm/comms/${id}${query}`, token });
  if (status !== 200) return status;
  const { as_of: _, ...entry } = Object(json);
  return entry;
}

test('at every time an entry is what was served then', async () => {
  console.log(`seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const told = await history();
      const served: { time: string; entries: Map<string, unknown> }[] = [];
      for (const step of [{ what: 'hear', call: 0, part: 0.5 }, ...steps, { what: 'hear', call: 0, part: 1 }]) {
        system.clock.advance(60);
        const at = system.clock.now();
        const facts = await told.tell(step, at);
        if (facts.length > 0) await system.projector.reach(await appending.append(facts));
        const entries = new Map<string, unknown>();
        for (const id of await told.ids()) entries.set(id, await shown(id));
        served.push({ time: toRfc3339(at), entries });
      }
      for (const id of await told.ids()) {
        for (const { time, entries } of served) {
          const then = await shown(id, `?as_of=${encodeURIComponent(time)}`);
          assert.equal(then, entries.get(id) ?? 404, `${id} at ${time}`);
        }
      }
    }),
    { seed, numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
  );
});

test.run();
