import * as assert from 'uvu/assert';
import { PBX_FACT_TYPES, streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { systemEvent, type Told } from './support/events.ts';
import { catchUp, withReadModel } from './support/readModel.ts';

const test = suite('a clock of the PBX that was set');

const AT = 1_795_000_000_000_000 as Micros;
const HOUR_SECONDS = 3_600;
const UNIQUEID = `${AT / 1_000_000 + 1 + HOUR_SECONDS}.7`;

test('puts the times of a call right that ended before the clocks were compared', () =>
  withReadModel(async (model) => {
    const appending = new Appending(model.log);
    await appending.append([
      connection('PbxConnected', { at: at(0), ami_version: null, clock_offset_ms: 0 }),
      fact('Newchannel', 1, [
        ['Context', 'from-pstn'],
        ['Exten', '8000'],
      ]),
      fact('Hangup', 3, [['Cause', '16']]),
    ]);
    await catchUp(model);
    const compared = { session: 0, at: at(5), clock_offset_ms: HOUR_SECONDS * 1_000 };
    await appending.append([connection('ClockCompared', compared)]);
    await catchUp(model);
    const { entries } = await storedTables(model.pool, model.version.schema);
    assert.equal(
      entries.map(({ occurred_at, ended_at, incomplete }) => [occurred_at, ended_at, incomplete]),
      [[at(1), at(3), []]],
    );
    await assertAgreesWithLog(model);
  }));

test.run();

function at(second: number): string {
  return toRfc3339((AT + second * 1_000_000) as Micros);
}

function connection(type: string, data: Parameters<typeof systemEvent>[1]): Told {
  return { stream: streamOf.pbx('pbx'), event: systemEvent(type, data, AT) };
}

/** What the PBX says of its only channel, by a clock that is an hour fast. */
function fact(name: keyof typeof PBX_FACT_TYPES, second: number, own: readonly string[][]): Told {
  const fields = [
    ['Event', name],
    ['Timestamp', `${AT / 1_000_000 + second + HOUR_SECONDS}.000000`],
    ['Channel', 'PJSIP/mytrunk-00000007'],
    ['ChannelState', '4'],
    ['CallerIDNum', '6912344010'],
    ['Uniqueid', UNIQUEID],
    ['Linkedid', UNIQUEID],
    ...own,
  ];
  const event = systemEvent(PBX_FACT_TYPES[name], { fields }, AT);
  const metadata = { ...event.metadata, pbx: 'pbx', session: 0, seq: second, received_at: at(second) };
  return { stream: streamOf.call('pbx', UNIQUEID), event: { ...event, metadata } };
}
