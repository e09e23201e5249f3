/** A call from outside that 101 answers. Its caller has a number of his own, so that it can be found end to end. */
export type NumberedCall = {
  readonly caller: string;
  /** of the two channels, the caller's first */
  readonly uniqueids: readonly [string, string];
  readonly channels: readonly [string, string];
  readonly bridge: string;
  readonly beganAt: number;
  /** null: it goes on */
  endedAt: number | null;
};

type Fields = Readonly<Record<string, string>>;

/** What a PBX says of a whole call. */
export const EVENTS_A_CALL = 14;
const FIRST_CALLER = 6_970_000_000;

/** How the PBX says an event. */
export type Say = (event: string, fields: Fields) => string;

/** `counter` is the PBX's of its channels; `n` says who calls. */
export function newCall(n: number, counter: number): NumberedCall {
  const beganAt = Date.now();
  const second = Math.floor(beganAt / 1_000);
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  return {
    caller: String(FIRST_CALLER + n),
    uniqueids: [`${second}.${counter}`, `${second}.${counter + 1}`],
    channels: [`PJSIP/mytrunk-${hex(counter)}`, `PJSIP/101-${hex(counter + 1)}`],
    bridge: `${hex(n)}-0000-4000-8000-000000000000`,
    beganAt,
    endedAt: null,
  };
}

/** What a PBX says while the call is answered. */
export function beginning(call: NumberedCall, say: Say): string {
  const [caller, phone] = views(call);
  return [
    say('Newchannel', { ...caller, ChannelState: '4' }),
    say('Newchannel', { ...phone, ChannelState: '0' }),
    say('DialBegin', { ...caller, ...prefixed('Dest', phone), DialString: '101' }),
    say('Newstate', { ...phone, ChannelState: '5' }),
    say('Newstate', phone),
    say('DialEnd', { ...caller, ...prefixed('Dest', phone), DialStatus: 'ANSWER' }),
    say('Newstate', caller),
    say('BridgeEnter', { ...bridgeOf(call), ...phone }),
    say('BridgeEnter', { ...bridgeOf(call), ...caller }),
  ].join('');
}

/** What it says when they hang up. */
export function ending(call: NumberedCall, say: Say): string {
  const [caller, phone] = views(call);
  return [
    say('BridgeLeave', { ...bridgeOf(call), ...phone }),
    say('Hangup', { ...phone, Cause: '16' }),
    say('BridgeLeave', { ...bridgeOf(call), ...caller }),
    say('Hangup', { ...caller, Cause: '16' }),
    say('Cdr', recordOf(call)),
  ].join('');
}

/** An item of the answer to `Status` for each of its channels. */
export function listed(call: NumberedCall): readonly Fields[] {
  return views(call).map((view) => ({ ...view, BridgeID: call.bridge, Application: 'Dial' }));
}

function views({ caller, uniqueids, channels }: NumberedCall): readonly [Fields, Fields] {
  const view = (at: 0 | 1, own: Fields): Fields => ({
    Channel: channels[at],
    ChannelState: '6',
    Uniqueid: uniqueids[at],
    Linkedid: uniqueids[0],
    ...own,
  });
  return [
    view(0, { CallerIDNum: caller, Context: 'from-pstn', Exten: '2101234567' }),
    view(1, { CallerIDNum: '101', Context: 'from-internal', Exten: 's' }),
  ];
}

/** The PBX's own record of a call that has ended, as a line of its table; UTC. */
export function tableRecordOf(call: NumberedCall, sequence: number): ReadonlyMap<string, string> {
  const of = recordOf(call);
  return new Map([
    ['calldate', of.StartTime],
    ['src', of.Source],
    ['dst', of.Destination],
    ['dcontext', of.DestinationContext],
    ['channel', of.Channel],
    ['dstchannel', of.DestinationChannel],
    ['lastapp', of.LastApplication],
    ['duration', of.Duration],
    ['billsec', of.BillableSeconds],
    ['disposition', of.Disposition],
    ['uniqueid', of.UniqueID],
    ['linkedid', of.UniqueID],
    ['sequence', String(sequence)],
  ]);
}

/** The PBX's own record of it: local time, here UTC. */
function recordOf({ caller, uniqueids, channels, beganAt, endedAt }: NumberedCall) {
  const time = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  const seconds = String(Math.round(((endedAt ?? beganAt) - beganAt) / 1_000));
  return {
    Source: caller,
    Destination: '101',
    DestinationContext: 'from-internal',
    Channel: channels[0],
    DestinationChannel: channels[1],
    LastApplication: 'Dial',
    StartTime: time(beganAt),
    AnswerTime: time(beganAt),
    EndTime: time(endedAt ?? beganAt),
    Duration: seconds,
    BillableSeconds: seconds,
    Disposition: 'ANSWERED',
    UniqueID: uniqueids[0],
  };
}

function bridgeOf({ bridge }: NumberedCall): Fields {
  return { BridgeUniqueid: bridge, BridgeType: 'basic', BridgeTechnology: 'simple_bridge' };
}

function prefixed(prefix: string, fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [prefix + key, value]));
}
