import type { Micros } from '../../../domain/time.ts';
import { hasCode } from '../../../errors.ts';
import { systemClock } from '../../../ports/clock.ts';
import {
  type Field,
  type Frame,
  fieldOf,
  type PbxSource,
  type PbxState,
  type SourceItem,
} from '../../../ports/pbxSource.ts';
import { isAsked } from '../wire/actionId.ts';
import { amiVersionOf, isTooOld, tooOld } from '../wire/banner.ts';
import { Framer } from '../wire/framing.ts';
import { bytesOf, unreadable } from './recordingFile.ts';
import { OPEN_END, type RecordedRead, readsTogether } from './recordingTimes.ts';

/**
 * A recorded connection: every byte that a listener received, banner first (`.txt`, `.txt.gz`), and when each read of
 * the socket came (timing file beside it). Gives one `frames` item a read, with its time; without a timing file all
 * times are null. It ends as `STOPPED`, or as `AMI_CONNECTION_LOST` when a frame is cut.
 * Errors: `RECORDING_UNREADABLE`, `AMI_TOO_OLD`.
 */
export function recordingSource(file: string, { pbx }: { readonly pbx: string }): PbxSource {
  let playback = new Playback(file);
  return {
    pbx,
    items: (signal) => {
      playback = new Playback(file);
      return playback.items(signal);
    },
    state: () => ({ pbx, ...playback.state() }),
  };
}

class Playback {
  readonly #file: string;
  readonly #since = systemClock.now();
  #state: 'connecting' | 'connected' | 'stopped' = 'connecting';
  #banner: string | null = null;
  #frames: Frame[] = [];
  #shown: (readonly Field[])[] = [];
  #firstHeardAt: Micros | null = null;
  #lastHeardAt: Micros | null = null;
  #wentDown = false;
  #isAmi = false;
  readonly #framer = new Framer({
    onBanner: (line) => {
      this.#banner = line;
      this.#isAmi ||= amiVersionOf(line) !== null;
      if (isTooOld(line)) throw tooOld();
    },
    onFrame: (frame) => {
      this.#isAmi = true;
      if (frame.event === 'Newchannel' && fieldOf(frame.fields, 'Linkedid') === null) throw tooOld();
      if (isAsked(frame.fields)) this.#show(frame.fields);
      else this.#frames.push(frame);
      if (frame.event === 'Shutdown') this.#wentDown = true;
    },
    onResponse: () => {
      this.#isAmi = true;
    },
  });

  constructor(file: string) {
    this.#file = file;
  }

  async *items(signal: AbortSignal): AsyncGenerator<SourceItem, void> {
    for await (const pieces of piecesOf(this.#file)) {
      for (const { bytes, at, endsRead } of pieces) {
        if (signal.aborted) break;
        this.#firstHeardAt ??= at;
        this.#lastHeardAt = at;
        this.#push(bytes);
        if (endsRead) yield* this.#heard();
      }
      if (signal.aborted) break;
    }
    yield* this.#heard();
    if (this.#state === 'connecting') yield this.#connected();
    this.#state = 'stopped';
    const torn = this.#framer.end();
    const isEmpty = this.#banner === null && torn === null;
    if (!this.#isAmi && !isEmpty && !torn?.beginsAsAmi) throw unreadable(this.#file, 'there is no AMI in it');
    yield {
      kind: 'disconnected',
      at: this.#lastHeardAt,
      lastHeardAt: this.#lastHeardAt,
      reason: torn === null ? 'STOPPED' : 'AMI_CONNECTION_LOST',
      pbxWentDown: this.#wentDown,
    };
  }

  state(): Omit<PbxState, 'pbx'> {
    return {
      state: this.#state,
      detail: 'plays a recording',
      since: this.#since,
      lastHeardAt: this.#lastHeardAt,
      delayMs: null,
      account: null,
      lastError: null,
      reconnects: 0,
      counts: Object.fromEntries(this.#framer.counts()),
    };
  }

  *#heard(): Generator<SourceItem, void> {
    if (this.#state === 'connecting' && (this.#banner !== null || this.#frames.length > 0)) yield this.#connected();
    const at = this.#lastHeardAt;
    const [frames, channels] = [this.#frames, this.#shown];
    this.#frames = [];
    this.#shown = [];
    if (frames.length > 0) yield { kind: 'frames', at, saidAfter: null, frames };
    if (channels.length > 0) yield { kind: 'seen', at, saidAfter: null, channels };
  }

  /** An item of a list that the recorded listener asked for: of those that name a channel the channel counts. */
  #show(item: readonly Field[]): void {
    if (fieldOf(item, 'Uniqueid') !== null) this.#shown.push(item);
  }

  #connected(): SourceItem {
    this.#state = 'connected';
    const amiVersion = this.#banner === null ? null : amiVersionOf(this.#banner);
    return { kind: 'connected', at: this.#firstHeardAt, amiVersion, clockOffsetMs: null };
  }

  #push(bytes: Buffer): void {
    try {
      this.#framer.push(bytes);
    } catch (error) {
      if (!hasCode(error, 'AMI_LINE_TOO_LONG', 'AMI_FRAME_TOO_LARGE')) throw error;
      throw unreadable(this.#file, `it is damaged or no transcript of AMI (${error.message})`, error);
    }
  }
}

type Piece = { readonly bytes: Buffer; readonly at: Micros | null; readonly endsRead: boolean };

/** The transcript, cut where the reads of the socket ended, so many pieces together as were read of the file at once. */
async function* piecesOf(file: string): AsyncGenerator<readonly Piece[], void> {
  const batches = readsTogether(file);
  let reads: readonly RecordedRead[] = [];
  let [nth, position] = [0, 0];
  let read: RecordedRead = { end: 0, at: null };
  try {
    for await (const chunk of bytesOf(file)) {
      const pieces: Piece[] = [];
      for (let at = 0; at < chunk.length; ) {
        while (read.end <= position) {
          const next = reads[nth];
          if (next === undefined) {
            const { value, done } = await batches.next();
            reads = done ? [value] : value;
            nth = 0;
          } else {
            read = next;
            nth += 1;
          }
        }
        const bytes = chunk.subarray(at, at + read.end - position);
        at += bytes.length;
        position += bytes.length;
        pieces.push({ bytes, at: read.at, endsRead: position === read.end || read.end === OPEN_END });
      }
      yield pieces;
    }
  } finally {
    await batches.return(read);
  }
}
