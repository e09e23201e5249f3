/** Whoever looks for the last facts that a session has stored reads so many at least, and those of so long. */
const FACTS = 500;
const MS = 20_000;
const FACTS_A_MARK = 100;

type Mark = { readonly position: bigint; readonly facts: number; readonly at: number };

/** Where in the log whoever wants the last facts of a session has to begin to read. */
export class StoredTrail {
  #session: number | null = null;
  /** the oldest is the answer; one a second at most, so hardly more than there are seconds in `MS` */
  #marks: Mark[] = [];
  #facts = 0;
  #position = 0n;

  /** A session whose `PbxConnected` stands at `position`. */
  begin(session: number, position: bigint): void {
    this.#session = session;
    this.#facts = 0;
    this.#position = position;
    this.#marks = [{ position, facts: 0, at: performance.now() }];
  }

  /** So many facts of the session were stored, the last at `position`. */
  stored(facts: number, position: bigint): void {
    this.#facts += facts;
    if (position > this.#position) this.#position = position;
  }

  /** Null: nothing of the session is known. To be called every second. */
  behind(session: number | null): bigint | null {
    if (session === null || session !== this.#session) return null;
    const now = performance.now();
    if (this.#facts - (this.#marks.at(-1)?.facts ?? 0) >= FACTS_A_MARK) {
      this.#marks.push({ position: this.#position, facts: this.#facts, at: now });
    }
    const isEnough = (mark: Mark | undefined) =>
      mark !== undefined && this.#facts - mark.facts >= FACTS && now - mark.at >= MS;
    while (isEnough(this.#marks[1])) this.#marks.shift();
    return this.#marks[0]?.position ?? null;
  }
}
