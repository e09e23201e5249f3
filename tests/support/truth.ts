/** Compares rows with what the phones saw. Returns what is wrong, in words; empty: all right. */
import type { CallEntry } from '../../src/domain/entry.ts';
import type { Fact } from '../../src/domain/facts/fact.ts';
import { fromRfc3339 } from '../../src/domain/time.ts';
import type { TrueCall } from './recordings.ts';

/** Seconds; rows have whole ones. */
const TOLERANCE = 1.05;
/** Bytes of a name that Asterisk keeps. */
const NAME_BYTES = 79;

type Field = Extract<keyof CallEntry, string>;
type Check = readonly [Field, (row: CallEntry) => boolean];

export function compareWithTruth(
  rows: readonly CallEntry[],
  truth: readonly TrueCall[],
  facts: readonly Fact[],
  isTimed: boolean,
): string[] {
  const shown = new Shown(facts);
  const timed = isTimed || facts.some(({ at }) => at !== null);
  const left = new Set(rows.filter(({ direction }) => direction !== 'internal'));
  const problems: string[] = [];
  for (const call of truth) {
    if (!shown.shows(call)) continue;
    const ids = shown.firstChannels(call);
    const row = [...left].find((one) => ids.has(one.ext_message_id));
    if (row) left.delete(row);
    if (call.direction === 'internal') {
      if (row) problems.push(`call ${call.id}: an internal call has a row`);
    } else if (!call.scoring?.optional) {
      if (!row) problems.push(`call ${call.id}: has no row`);
      else problems.push(...wrongFields(call, row, shown.isWhole(call), shown.talked(call), timed));
    }
  }
  return [...problems, ...[...left].map((row) => `a row that is no call: ${row.ext_message_id}`)];
}

function wrongFields(call: TrueCall, row: CallEntry, isWhole: boolean, talked: boolean, timed: boolean): string[] {
  const skip = new Set<string>(call.scoring?.skip ?? []);
  const checks = [...checksOf(call), ...(timed ? timeChecks(call) : [])];
  if (!isWhole || !call.cut_by) checks.push(['incomplete', ({ incomplete }) => incomplete.length > 0 === !isWhole]);
  return checks
    .filter(([field]) => !skip.has(field) && (isWhole || !isUnseen(field, call, talked)))
    .filter(([field, isRight]) => !isRight(row) && (isWhole || !isEmpty(row, field)))
    .map(([field]) => `call ${call.id}: ${field} is ${JSON.stringify(row[field])}`);
}

/** What a transcript that lacks a beginning or an end cannot tell. */
function isUnseen(field: Field, call: TrueCall, talked: boolean): boolean {
  if (field === 'ring_seconds' || field === 'duration_seconds') return true;
  return call.answered && !talked && (field === 'outcome' || field === 'extensions');
}

/** What was not seen may be left out; an outcome, an id and `incomplete` are always there. */
function isEmpty(row: CallEntry, field: Field): boolean {
  const value = row[field];
  return field !== 'incomplete' && (value === null || (Array.isArray(value) && value.length === 0));
}

function checksOf(call: TrueCall): Check[] {
  const checks: Check[] = [
    ['direction', ({ direction }) => direction === call.direction],
    ['external_number', (row) => isNumber(call.external_number, row)],
    ['outcome', ({ outcome }) => (call.scoring?.outcome ?? [call.outcome]).includes(outcome)],
  ];
  if (call.linkedid) checks.push(['ext_message_id', (row) => row.ext_message_id === call.linkedid]);
  if (call.trunk) checks.push(['trunk', ({ trunk }) => trunk === call.trunk]);
  if (call.direction === 'outbound' && isTyped(call)) checks.push(['dialled', (row) => row.dialled === call.dialled]);
  if (call.direction === 'inbound') checks.push(['did', ({ did }) => digits(did) === digits(call.dialled)]);
  const name = call.external_name;
  if (call.direction === 'inbound' && name) checks.push(['external_name', (row) => isName(name, row.external_name)]);
  if (call.answered) checks.push(['extensions', ({ extensions }) => sameSet(extensions, speakers(call))]);
  return checks;
}

function timeChecks(call: TrueCall): Check[] {
  const checks: Check[] = [
    ['occurred_at', ({ occurred_at }) => near(call.started_at, seconds(occurred_at))],
    ['duration_seconds', (row) => near(call.talk_seconds, row.duration_seconds)],
  ];
  const rings = ringReadings(call);
  if (rings.length > 0) {
    checks.push(['ring_seconds', ({ ring_seconds }) => rings.some((ring) => near(ring, ring_seconds))]);
  }
  return checks;
}

/** Whom the transcript shows, and whether from beginning to end. */
class Shown {
  readonly #ids = new Set<string>();
  readonly #opened = new Set<string>();
  readonly #closed = new Set<string>();
  readonly #linked = new Map<string, Set<string>>();
  readonly #talked = new Set<string>();
  readonly #callers = new Map<string, string>();

  constructor(facts: readonly Fact[]) {
    for (const { type, channels } of facts) {
      for (const { role, uniqueid, linkedid, callerNumber } of channels) {
        this.#ids.add(uniqueid);
        if (linkedid !== null) this.#ids.add(linkedid);
        if (role !== 'subject') continue;
        if (type === 'ChannelOpened') this.#opened.add(uniqueid);
        if (callerNumber !== null) this.#callers.set(digits(callerNumber), uniqueid);
        if (type === 'CallHungUp') this.#closed.add(uniqueid);
        if (linkedid === null) continue;
        this.#linked.set(linkedid, (this.#linked.get(linkedid) ?? new Set()).add(uniqueid));
        if (type === 'BridgeEntered' || type === 'BridgeLeft') this.#talked.add(linkedid);
      }
    }
  }

  /** The ids of its channels; of a call that nobody wrote them down for, the channel that showed its number. */
  firstChannels({ linkedid, linkedids_seen, legs, external_number }: TrueCall): Set<string> {
    const ids = [linkedid, ...linkedids_seen, ...legs.map(({ uniqueid }) => uniqueid)].flatMap((id) => id ?? []);
    return new Set(ids.length > 0 ? ids : [this.#callers.get(digits(external_number)) ?? '']);
  }

  shows(call: TrueCall): boolean {
    return [...this.firstChannels(call)].some((id) => this.#ids.has(id));
  }

  talked(call: TrueCall): boolean {
    return [...this.firstChannels(call)].some((id) => this.#talked.has(id));
  }

  isWhole(call: TrueCall): boolean {
    const ids = [...this.firstChannels(call)];
    const channels = ids.flatMap((id) => [...(this.#linked.get(id) ?? [])]);
    return (
      ids.some((id) => this.#opened.has(id)) && channels.every((id) => this.#opened.has(id) && this.#closed.has(id))
    );
  }
}

/** Without the ways of writing it: 00306912345678, +306912345678 and 6912345678 are one. */
function digits(number: string | null): string {
  const text = (number ?? '').replace(/\D/g, '').replace(/^0+/, '');
  return text.length === 12 && text.startsWith('30') ? text.slice(2) : text;
}

function isNumber(truth: string | null, { external_number, external_number_raw }: CallEntry): boolean {
  if (digits(truth) === '') return external_number === null && external_number_raw === null;
  const international = /^(?:\+|00)([1-9]\d{7,14})$/.exec(truth ?? '')?.[1];
  const national = /^(?:2\d|69)\d{8}$/.test(truth ?? '') ? `30${truth}` : undefined;
  const e164 = international ?? (/^30\d{10}$/.test(truth ?? '') ? truth : national);
  return external_number === (e164 ? `+${e164}` : null) && digits(external_number_raw) === digits(truth);
}

function isName(truth: string, name: string | null): boolean {
  const tidy = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim();
  const [right, got] = [tidy(truth), tidy(name ?? '')];
  const bytes = Buffer.byteLength(right);
  return got === right || (bytes > NAME_BYTES && Buffer.byteLength(got) >= NAME_BYTES - 2 && right.startsWith(got));
}

/** Extensions that spoke with the outside, the caller's own among them. */
function speakers(call: TrueCall): string[] {
  const inSegments = (call.segments ?? []).map((segment) => ('extension' in segment ? segment.extension : segment[0]));
  const all = [...call.answered_by, ...inSegments, call.caller_extension];
  return all.flatMap((one) => (typeof one === 'string' && /^\d{2,6}$/.test(one) ? [one] : []));
}

function isTyped({ legs }: TrueCall): boolean {
  return legs.some(({ side }) => side?.startsWith('calls'));
}

/** All readings of "ring" that the truth supports; none: it cannot be told. */
function ringReadings(call: TrueCall): number[] {
  const calls = (side: string | undefined) => side?.startsWith('calls') ?? false;
  if (call.direction === 'outbound' && call.legs[0]?.side !== undefined && !isTyped(call)) return [];
  if (call.answered || call.outcome === 'voicemail') return [call.ring_seconds];
  const rung = call.legs.filter(({ party, side }) => (party ?? 'extension').startsWith('extension') && !calls(side));
  if (call.direction === 'inbound' && call.pbx_answered_at && rung.length === 0) return [];
  if (call.direction === 'inbound') return [call.ring_seconds];
  return [call.ring_seconds, ...call.legs.flatMap(({ ended_at }) => (ended_at ? [ended_at - call.started_at] : []))];
}

function near(truth: number, value: number | null): boolean {
  return value === null ? truth === 0 : Math.abs(truth - value) <= TOLERANCE;
}

function seconds(time: string | null): number | null {
  const micros = time === null ? null : fromRfc3339(time);
  return micros === null ? null : micros / 1_000_000;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set([...a, ...b]).size === new Set(a).size && new Set(a).size === new Set(b).size;
}
