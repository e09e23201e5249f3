import type { ReplayRead } from './replayRecording.ts';

/** By how much a replay moves what must be new in every call. */
export type Shift = {
  readonly seconds: number;
  /** of the number behind the second in a Uniqueid or Linkedid */
  readonly idCounter: number;
  /** of the number at the end of a channel's name */
  readonly channelCounter: number;
  /** mixed into the first digits of a bridge's UUID */
  readonly bridgeMask: number;
};

/** The smallest and the largest number that a recording uses, or null if it uses none. */
export type Range = { readonly min: number; readonly max: number };

const ID = /(?<![\d.])(\d{9,11})\.(\d+)(?!\d)/g;
const ID_KEY = /(?:unique|linked)id$/i;
const CHANNEL_KEY = /channel$/i;
const CHANNEL_COUNTER = /-([0-9a-f]{8})(?=(?:;[12])?$)/;
const BRIDGE = /^([0-9a-f]{8})(?=(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$)/;
const SECONDS = /^\d{9,11}(?=\.\d{6}$)/;
/** fields of a Cdr: the PBX's local time */
const LOCAL_TIME_KEY = /^(?:Start|Answer|End)Time$/;
const LOCAL_TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/;
const LINE = /^([^:\r\n]+): (.+?)(?=\r?$)/gm;

/** The numbers of a recording that a replay has to move, and the ids that it uses. */
export class ReplayIds {
  readonly #ids = new Set<string>();
  readonly idCounters: Range;
  readonly channelCounters: Range;

  constructor(reads: readonly ReplayRead[]) {
    const idCounters: number[] = [];
    const channelCounters: number[] = [];
    for (const [, key = '', value = ''] of reads.flatMap(({ text }) => [...text.matchAll(LINE)])) {
      if (ID_KEY.test(key)) {
        for (const [id, , counter = ''] of value.matchAll(ID)) {
          this.#ids.add(id);
          idCounters.push(Number(counter));
        }
      }
      const counter = CHANNEL_KEY.test(key) ? CHANNEL_COUNTER.exec(value)?.[1] : undefined;
      if (counter !== undefined) channelCounters.push(Number.parseInt(counter, 16));
    }
    this.idCounters = rangeOf(idCounters);
    this.channelCounters = rangeOf(channelCounters);
  }

  /** The same events at another time, with ids of their own; everything else stays, byte for byte. */
  shift(text: string, by: Shift): string {
    return text.replace(LINE, (_, key: string, value: string) => `${key}: ${this.#shifted(key, value, by)}`);
  }

  #shifted(key: string, value: string, by: Shift): string {
    if (key === 'Timestamp') return value.replace(SECONDS, (seconds) => String(Number(seconds) + by.seconds));
    if (LOCAL_TIME_KEY.test(key)) return shiftLocalTime(value, by.seconds);
    if (CHANNEL_KEY.test(key)) {
      return value.replace(CHANNEL_COUNTER, (_, counter: string) => `-${shiftHex(counter, by.channelCounter)}`);
    }
    if (/bridge(?:unique)?id$/i.test(key)) {
      return value.replace(BRIDGE, (digits) => hex8(Number.parseInt(digits, 16) ^ by.bridgeMask));
    }
    // ids stand also in the middle of values, as in the name of a sound file
    return value.replace(ID, (id, seconds: string, counter: string) =>
      this.#ids.has(id) ? `${Number(seconds) + by.seconds}.${Number(counter) + by.idCounter}` : id,
    );
  }
}

function rangeOf(numbers: readonly number[]): Range {
  return numbers.reduce((range, n) => ({ min: Math.min(range.min, n), max: Math.max(range.max, n) }), {
    min: numbers[0] ?? 0,
    max: numbers[0] ?? 0,
  });
}

const hex8 = (number: number) => (number >>> 0).toString(16).padStart(8, '0');
const shiftHex = (digits: string, by: number) => hex8(Number.parseInt(digits, 16) + by);

function shiftLocalTime(value: string, seconds: number): string {
  const match = LOCAL_TIME.exec(value);
  if (match === null) return value;
  const shifted = new Date(Date.parse(`${match[1]}T${match[2]}Z`) + seconds * 1000);
  return shifted.toISOString().slice(0, 19).replace('T', ' ');
}
