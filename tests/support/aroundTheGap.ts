// What was heard of the eight calls around a cut connection, as the PBX said it: before, and when it was reached again.
import type { Connection } from '../../src/domain/call/foldGroup.ts';
import { LISTENER_FACT_TYPES, PBX_FACT_TYPES } from '../../src/domain/events.ts';
import type { Fact } from '../../src/domain/facts/fact.ts';
import { factOf } from '../../src/domain/facts/factOf.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { callRecords, callsAroundTheGap, channelsAfterTheGap } from './callRecords.ts';

type Fields = Readonly<Record<string, string>>;
type Said = { readonly at: number; readonly event: keyof typeof PBX_FACT_TYPES; readonly fields: Fields };
type Call = ReturnType<typeof callsAroundTheGap>['calls'][string];
type Heard = { readonly at: number; readonly type: string; readonly fields: Iterable<[string, string]> };

const { gap, calls } = callsAroundTheGap();
const [lostAt, againAt] = gap;
const STATE = { down: '0', ring: '4', ringing: '5', up: '6' };

/** Two connections, of which the second asked which channels are open. */
export const CONNECTIONS: readonly [Connection, Connection] = [
  connection(0, { from: lostAt - 60, to: lostAt, reason: 'AMI_CONNECTION_LOST' }),
  { ...connection(1, { from: againAt, to: againAt + 60, reason: 'STOPPED' }), listedAt: micros(againAt) },
];

/** Of the calls that were there when the PBX was reached again, what it answered to `Status`. */
export function listedAfterTheGap(): Fact[] {
  return facts(1, listed());
}

/** That, and everything else that was heard. */
export function heardAroundTheGap(): Fact[] {
  const said = Object.values(calls)
    .flatMap(saidOf)
    .sort((a, b) => a.at - b.at)
    .map(({ at, event, fields }): Heard => ({ at, type: PBX_FACT_TYPES[event], fields: Object.entries(fields) }));
  const before = said.filter(({ at }) => at < lostAt);
  const after = said.filter(({ at }) => at > againAt);
  return [...facts(0, before), ...facts(1, [...listed(), ...after])];
}

function listed(): Heard[] {
  return channelsAfterTheGap().map((fields) => ({ at: againAt, type: LISTENER_FACT_TYPES.channelSeen, fields }));
}

/** A call from a channel that called to one that was called, as a PBX says it. */
function saidOf({ number, start, answered, end, ids }: Call): Said[] {
  const uniqueid = ids[0] ?? '';
  const record = callRecords().find((one) => one.get('uniqueid') === uniqueid);
  const [name, calledName] = [record?.get('channel') ?? '', record?.get('dstchannel') ?? ''];
  const [second, counter] = uniqueid.split('.');
  const isInbound = name.includes('mytrunk');
  const caller = (state: string): Fields => ({
    Channel: name,
    ChannelState: state,
    Uniqueid: uniqueid,
    Linkedid: uniqueid,
    Context: isInbound ? 'from-pstn' : 'from-internal',
    Exten: (isInbound ? record?.get('did') : record?.get('dst')) ?? '',
    CallerIDNum: isInbound ? number : endpointOf(name),
  });
  const called = (state: string): Fields => ({
    Channel: calledName,
    ChannelState: state,
    Uniqueid: `${second}.${Number(counter) + 1}`,
    Linkedid: uniqueid,
    Context: isInbound ? 'from-internal' : 'from-pstn',
    CallerIDNum: isInbound ? endpointOf(calledName) : number,
  });
  const dest = Object.fromEntries(Object.entries(called(STATE.down)).map(([key, value]) => [`Dest${key}`, value]));
  const listed = channelsAfterTheGap().map((fields) => new Map(fields));
  const bridgeId = listed.find((fields) => fields.get('Uniqueid') === uniqueid)?.get('BridgeID') ?? `of ${uniqueid}`;
  const bridge = { BridgeUniqueid: bridgeId, BridgeType: 'basic', BridgeTechnology: 'simple_bridge' };
  const both = [called(STATE.up), caller(STATE.up)];
  const talk: Said[] =
    answered === null
      ? []
      : [
          ...both.map((fields): Said => ({ at: answered, event: 'Newstate', fields })),
          ...both.map((fields): Said => ({ at: answered, event: 'BridgeEnter', fields: { ...fields, ...bridge } })),
          ...both.map((fields): Said => ({ at: end, event: 'BridgeLeave', fields: { ...fields, ...bridge } })),
        ];
  return [
    { at: start, event: 'Newchannel', fields: caller(STATE.ring) },
    { at: start, event: 'Newchannel', fields: called(STATE.down) },
    { at: start, event: 'DialBegin', fields: { ...caller(STATE.ring), ...dest, DialString: record?.get('dst') ?? '' } },
    { at: start, event: 'Newstate', fields: called(STATE.ringing) },
    ...talk,
    ...both.map((fields): Said => ({ at: end, event: 'Hangup', fields: { ...fields, Cause: '16' } })),
  ];
}

function facts(session: number, heard: readonly Heard[]): Fact[] {
  return heard.map(({ at, type, fields }, seq) => {
    const received_at = toRfc3339(micros(at));
    const metadata = { v: 1, recorded_at: received_at, app: 'test', $correlationId: 'call', pbx: 'pbx', session, seq };
    return factOf({ type, data: { fields: [...fields] }, metadata: { ...metadata, received_at } });
  });
}

function connection(
  session: number,
  { from, to, reason }: { readonly from: number; readonly to: number; readonly reason: string },
): Connection {
  const ended = { disconnectedAt: micros(to), lastHeardAt: micros(to), pbxWentDown: false, reason };
  return { pbx: 'pbx', session, connectedAt: micros(from), ...ended };
}

function endpointOf(name: string): string {
  return /^PJSIP\/(.*)-[0-9a-f]{8}$/.exec(name)?.[1] ?? '';
}

function micros(seconds: number): Micros {
  return Math.round(seconds * 1_000_000) as Micros;
}
