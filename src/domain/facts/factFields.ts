/** The fields of an AMI frame → the channels, bridges and values of a fact. */
import { idIn, saidIn } from '../channelId.ts';
import { remembered } from '../remembered.ts';
import type { BridgeView, CallRecord, ChannelView, Listed } from './fact.ts';
import { type FactLayout, factLayoutOf, type Line, type Named } from './factLayout.ts';

/** The frames of a call say the same few values: each text is looked at once, and kept once however many facts hold it. */
const said = remembered(saidIn);
const id = remembered(idIn);

/** The fields of a frame by key; of a key that is repeated the first value counts. */
export class Fields {
  readonly #lines: readonly Line[];
  readonly #layout: FactLayout;

  /** `type`: of the fact that the frame became. */
  constructor(type: string, lines: readonly Line[]) {
    this.#lines = lines;
    this.#layout = factLayoutOf(type, lines);
  }

  get(key: Named): string | null {
    return this.#said(this.#layout.named[key]);
  }

  #said(nth: number): string | null {
    const line = this.#lines[nth];
    return line === undefined ? null : said(line[1]);
  }

  /** Of a channel, a bridge or a call. */
  #id(nth: number): string | null {
    const line = this.#lines[nth];
    return line === undefined ? null : id(line[1]);
  }

  #integer(nth: number): number | null {
    const value = this.#said(nth);
    return value === null ? null : wholeNumberIn(value);
  }

  integer(key: Named): number | null {
    return this.#integer(this.#layout.named[key]);
  }

  /** Of a number with its words: `32 (Presentation Prohibited, Not Screened)`. */
  leadingInteger(key: Named): number | null {
    const value = this.get(key);
    return value === null ? null : wholeNumberIn(value.split(' ', 1)[0] ?? '');
  }

  /** Every `…Uniqueid` that is a channel's, with what stands beside it. */
  channels(): ChannelView[] {
    const channels: ChannelView[] = [];
    for (const at of this.#layout.channels) {
      const uniqueid = this.#id(at.uniqueid);
      if (uniqueid === null) continue;
      channels.push({
        role: at.role,
        name: this.#said(at.name),
        uniqueid,
        linkedid: this.#id(at.linkedid),
        state: this.#integer(at.state),
        callerNumber: this.#said(at.callerNumber),
        callerName: this.#said(at.callerName),
        connectedNumber: this.#said(at.connectedNumber),
        context: this.#said(at.context),
        exten: this.#said(at.exten),
        priority: this.#integer(at.priority),
      });
    }
    return channels;
  }

  /** Every `…BridgeUniqueid`; lists of channels call it `BridgeId`. */
  bridges(): BridgeView[] {
    const bridges: BridgeView[] = [];
    for (const at of this.#layout.bridges) {
      const id = this.#id(at.id);
      if (id !== null) bridges.push({ id, type: this.#said(at.type), technology: this.#said(at.technology) });
    }
    return bridges;
  }

  record(): CallRecord {
    return {
      channel: this.get('channel'),
      destinationChannel: this.get('destinationchannel'),
      destinationContext: this.get('destinationcontext'),
      source: this.get('source'),
      destination: this.get('destination'),
      callerId: this.get('callerid'),
      lastApplication: this.get('lastapplication'),
      lastData: this.get('lastdata'),
      startTime: this.get('starttime'),
      answerTime: this.get('answertime'),
      endTime: this.get('endtime'),
      disposition: this.get('disposition'),
    };
  }

  listed(): Listed {
    return { dialled: this.get('dnid'), application: this.get('application') };
  }
}

/** Of one to nine digits; null: it is none. */
function wholeNumberIn(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
