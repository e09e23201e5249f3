import type { Connection } from '../../src/domain/call/foldGroup.ts';
import { compareCallIds } from '../../src/domain/callId.ts';
import type { CallEntry } from '../../src/domain/entry.ts';
import { type JsonObject, LISTENER_FACT_TYPES, OTHER_PBX_FACT, PBX_FACT_TYPES } from '../../src/domain/events.ts';
import type { Fact } from '../../src/domain/facts/fact.ts';
import { factOf } from '../../src/domain/facts/factOf.ts';
import { groupFacts } from '../../src/domain/facts/grouping.ts';
import { foldAndRead, type ReadGroup } from '../../src/domain/readGroup.ts';
import { parseRules } from '../../src/domain/rules.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';

/** A second in 2026 at which every scenario begins. */
export const START = 1_795_400_000;

export type ScenarioChannel = {
  readonly name: string;
  readonly uniqueid: string;
  readonly linkedid: string;
  number: string;
  state: number;
  context: string;
  exten: string;
};

type Opening = { state?: number; context?: string; exten?: string; number?: string; name?: string; linkedid?: string };
type Fields = Readonly<Record<string, string>>;

const EVENT_TYPES: Readonly<Record<string, string>> = PBX_FACT_TYPES;

/** Says what an Asterisk would say, frame by frame, at a time of its own: for scenarios that no recording shows. */
export class ScenarioPbx {
  readonly facts: Fact[] = [];
  /** the events that these are read from, without their streams */
  readonly events: { readonly type: string; readonly data: JsonObject; readonly metadata: JsonObject }[] = [];
  /** what its clock shows more than ours, in seconds */
  clockOffset = 0;
  /** `timestampevents = yes` */
  tellsTime = false;
  #session = 0;
  #seq = 0;
  #counter = 10;
  #bridges = 0;
  #at = START * 1_000_000;

  wait(seconds: number): void {
    this.#at += seconds * 1_000_000;
  }

  /** The listener is connected anew; what is said from now on is of the next session. */
  reconnects(): void {
    this.#session += 1;
    this.#seq = 0;
  }

  now(): Micros {
    return this.#at as Micros;
  }

  /** A frame of any kind, or a fact of the listener. */
  say(event: string, fields: Fields): void {
    const ofListener = Object.values<string>(LISTENER_FACT_TYPES).includes(event);
    const type = ofListener ? event : (EVENT_TYPES[event] ?? OTHER_PBX_FACT);
    const metadata = {
      v: 1,
      recorded_at: toRfc3339(this.now()),
      app: 'test',
      $correlationId: 'test',
      pbx: 'pbx',
      session: this.#session,
      seq: this.#seq,
      received_at: toRfc3339(this.now()),
    };
    this.#seq += 1;
    const time: Fields = this.tellsTime ? { Timestamp: this.#clock().toFixed(6) } : {};
    const told = { type, data: { fields: Object.entries({ Event: event, ...time, ...fields }) }, metadata };
    this.events.push(told);
    this.facts.push(factOf(told));
  }

  /** A channel that calls the PBX: state Ring. */
  comesIn(endpoint: string, opening: Opening = {}): ScenarioChannel {
    return this.#open(endpoint, opening.state ?? 4, {
      context: 'from-pstn',
      exten: '2101234567',
      number: '6912345678',
      ...opening,
    });
  }

  /** A channel that called the PBX and was opened before that was known. */
  ringsIn(channel: ScenarioChannel): void {
    this.#setState(channel, 4);
  }

  /** A phone inside that dials `exten`. */
  phoneDials(extension: string, exten: string): ScenarioChannel {
    return this.comesIn(`PJSIP/${extension}`, { context: 'from-internal', exten, number: extension });
  }

  /** A phone inside that is called by `by`, and rings. */
  rings(extension: string, by: ScenarioChannel): ScenarioChannel {
    const phone = this.called(`PJSIP/${extension}`, by, { context: 'from-internal', number: extension });
    this.#setState(phone, 5);
    return phone;
  }

  /** An outside number that is called through a trunk. */
  dialsOut(trunk: string, number: string, by: ScenarioChannel): ScenarioChannel {
    const channel = this.called(`PJSIP/${trunk}`, by, { context: 'from-pstn', number }, `${number}@${trunk}`);
    this.#setState(channel, 5);
    return channel;
  }

  /** A phone that the PBX calls by itself (click-to-call). */
  originates(extension: string): ScenarioChannel {
    const phone = this.#open(`PJSIP/${extension}`, 0, { context: 'from-internal', exten: 's', number: extension });
    this.say('DialBegin', { ...view('Dest', phone), DialString: extension });
    this.#setState(phone, 5);
    return phone;
  }

  /** A number outside that the PBX calls by itself (a dialler). */
  dialsOutByItself(trunk: string, number: string): ScenarioChannel {
    const channel = this.#open(`PJSIP/${trunk}`, 0, { context: 'from-pstn', exten: 's', number });
    this.say('DialBegin', { ...view('Dest', channel), DialString: `${number}@${trunk}` });
    this.#setState(channel, 5);
    return channel;
  }

  called(endpoint: string, by: ScenarioChannel, opening: Opening, dialString = endpoint): ScenarioChannel {
    const channel = this.#open(endpoint, 0, { exten: 's', linkedid: by.linkedid, ...opening });
    this.say('DialBegin', { ...view('', by), ...view('Dest', channel), DialString: dialString });
    return channel;
  }

  answers(channel: ScenarioChannel): void {
    this.#setState(channel, 6);
  }

  /** One half of a Local channel, such as `Local/103@from-queue-00000001;2`. */
  localHalf(name: string, linkedid: string): ScenarioChannel {
    return this.#open(name, name.endsWith(';2') ? 4 : 0, { context: 'from-internal', exten: 's', linkedid }, name);
  }

  /** Where the dialplan of a channel is now. */
  goesTo(channel: ScenarioChannel, context: string, exten: string): void {
    channel.context = context;
    channel.exten = exten;
  }

  bridge(): string {
    this.#bridges += 1;
    return `bridge-${this.#bridges}`;
  }

  enters(channel: ScenarioChannel, bridge: string, type = 'basic', technology = 'simple_bridge'): void {
    const fields = { BridgeUniqueid: bridge, BridgeType: type, BridgeTechnology: technology };
    this.say('BridgeEnter', { ...fields, ...view('', channel) });
  }

  leaves(channel: ScenarioChannel, bridge: string, type = 'basic', technology = 'simple_bridge'): void {
    const fields = { BridgeUniqueid: bridge, BridgeType: type, BridgeTechnology: technology };
    this.say('BridgeLeave', { ...fields, ...view('', channel) });
  }

  /** Both come Up and share a bridge, whose id is returned. */
  connects(a: ScenarioChannel, b: ScenarioChannel): string {
    for (const channel of [b, a]) if (channel.state !== 6) this.answers(channel);
    const bridge = this.bridge();
    this.enters(b, bridge);
    this.enters(a, bridge);
    return bridge;
  }

  asksToHangUp(channel: ScenarioChannel): void {
    this.say('HangupRequest', view('', channel));
  }

  hangsUp(channel: ScenarioChannel, cause = 16, techCause?: number): void {
    const tech: Fields = techCause === undefined ? {} : { TechCause: String(techCause) };
    this.say('Hangup', { ...view('', channel), Cause: String(cause), ...tech });
  }

  /** A frame that names several channels by their prefixes. */
  says(
    event: string,
    channels: readonly (readonly [prefix: string, channel: ScenarioChannel])[],
    fields: Fields = {},
  ): void {
    this.say(event, Object.assign({}, fields, ...channels.map(([prefix, channel]) => view(prefix, channel))));
  }

  /** An attended transfer: `first` was the transferring phone's channel to the transferee, `second` that to the target. */
  transfers(
    first: ScenarioChannel,
    second: ScenarioChannel,
    transferee: ScenarioChannel,
    target: ScenarioChannel,
  ): void {
    this.says('AttendedTransfer', [
      ['OrigTransferer', first],
      ['SecondTransferer', second],
      ['Transferee', transferee],
      ['TransferTarget', target],
    ]);
  }

  /** The fields of a channel as it is now, for a frame of any kind. */
  viewOf(channel: ScenarioChannel): Fields {
    return view('', channel);
  }

  #clock(): number {
    return this.#at / 1_000_000 + this.clockOffset;
  }

  #open(endpoint: string, state: number, opening: Opening, name?: string): ScenarioChannel {
    this.#counter += 1;
    const second = Math.floor(this.#clock());
    const uniqueid = `${second}.${this.#counter}`;
    const suffix = this.#counter.toString(16).padStart(8, '0');
    const channel: ScenarioChannel = {
      name: name ?? `${endpoint}-${suffix}`,
      uniqueid,
      linkedid: opening.linkedid ?? uniqueid,
      number: opening.number ?? '<unknown>',
      state,
      context: opening.context ?? '',
      exten: opening.exten ?? '',
    };
    this.say('Newchannel', { ...view('', channel), CallerIDName: opening.name ?? '<unknown>' });
    return channel;
  }

  #setState(channel: ScenarioChannel, state: number): void {
    channel.state = state;
    this.say('Newstate', view('', channel));
  }
}

/** The fields of a channel under a prefix. */
function view(prefix: string, channel: ScenarioChannel): Fields {
  const fields: Fields = {
    Channel: channel.name,
    ChannelState: String(channel.state),
    CallerIDNum: channel.number,
    Context: channel.context,
    Exten: channel.exten,
    Uniqueid: channel.uniqueid,
    Linkedid: channel.linkedid,
  };
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [prefix + key, value]));
}

/** The rows and calls in progress of what was said, by the rules of a PBX in Greece. */
export function fold(
  pbx: ScenarioPbx,
  options: { rules?: object; connections?: readonly Connection[] } = {},
): ReadGroup {
  const context = { rules: parseRules({ country: 'GR', ...options.rules }), connections: options.connections ?? [] };
  const folded = groupFacts(pbx.facts).map((group) => foldAndRead(group, context));
  return {
    entries: folded
      .flatMap(({ entries }) => entries)
      .sort((a, b) => compareCallIds(a.ext_message_id, b.ext_message_id)),
    current: folded.flatMap(({ current }) => current),
    formerIds: new Map(folded.flatMap(({ formerIds }) => [...formerIds])),
    open: folded.some(({ open }) => open),
  };
}

/** The only row; fails when there are more or none. */
export function onlyRow(pbx: ScenarioPbx, options: Parameters<typeof fold>[1] = {}): CallEntry {
  const { entries } = fold(pbx, options);
  const [row] = entries;
  if (!row || entries.length !== 1) throw new Error(`${entries.length} rows instead of one`);
  return row;
}
