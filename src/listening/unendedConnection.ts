import { LEFT_BECAUSE } from '../domain/connectionEvents.ts';
import { earlier, later, type Micros } from '../domain/time.ts';
import type { Heard } from './heard.ts';
import type { Proof } from './proofFile.ts';

type Unended = { readonly connection: string; readonly lastHeardAt: Micros | null };

/** Finds the connection whose end an earlier process could not tell because it was killed. */
export class UnendedConnection {
  #left: Unended | null = null;
  #ended: string | null = null;

  /** What the earlier process has left in the journal, in order. */
  remember(heard: Heard): void {
    const { connection } = heard;
    // that a call is given up may be said of a connection that has ended
    if (connection === this.#ended) return;
    const before = this.#left?.connection === connection ? this.#left.lastHeardAt : null;
    if (heard.kind === 'disconnected') {
      this.#left = null;
      this.#ended = connection;
      return;
    }
    const at = heard.kind === 'facts' ? (heard.saidAfter ?? heard.at) : heard.at;
    this.#left = { connection, lastHeardAt: later(before, at) };
  }

  /** Its end, found at `now`, with the last proof of hearing; null: it was told. */
  end(proof: Proof | null, now: Micros): Extract<Heard, { kind: 'disconnected' }> | null {
    const unended = this.#unended(proof);
    if (unended === null) return null;
    const { connection, lastHeardAt } = unended;
    return {
      kind: 'disconnected',
      connection,
      at: now,
      lastHeardAt: earlier(lastHeardAt, now),
      reason: LEFT_BECAUSE.killed,
      pbxWentDown: false,
    };
  }

  /** What is left in the journal of a connection is of the latest; of one that is wholly released only the proof tells. */
  #unended(proof: Proof | null): Unended | null {
    if (proof === null || proof.isOver || proof.connection === this.#ended) return this.#left;
    const { connection, at } = proof;
    if (this.#left === null) return { connection, lastHeardAt: at };
    if (this.#left.connection !== connection) return this.#left;
    return { connection, lastHeardAt: later(at, this.#left.lastHeardAt) };
  }
}
