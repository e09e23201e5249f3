/** What was read so shortly before the end of a connection its reader may not have kept. */
const UNSURE_MS = 1_500;

type Read = { readonly at: number; readonly until: number };

/** How far one who is connected has surely read: whoever pings again has read the answer before, and all before that. */
export class Hearing {
  readonly #from: number;
  readonly #read: Read[] = [];
  #answeredUntil = 0;
  #endedAt: number | null = null;

  /** `from`: so many frames were said before it was connected. */
  constructor(from: number) {
    this.#from = from;
  }

  /** It pings. */
  asked(): void {
    this.#read.push({ at: Date.now(), until: this.#answeredUntil });
  }

  /** It is answered, behind so many frames. */
  answered(until: number): void {
    this.#answeredUntil = until;
  }

  end(): void {
    this.#endedAt = Date.now();
  }

  /** The numbers of frames, from 1. */
  surelyHeard(): number[] {
    const sureUntil = (this.#endedAt ?? Number.POSITIVE_INFINITY) - UNSURE_MS;
    const until = this.#read.findLast(({ at }) => at < sureUntil)?.until ?? 0;
    return Array.from({ length: Math.max(0, until - this.#from) }, (_, at) => this.#from + at + 1);
  }
}
