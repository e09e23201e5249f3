import { CHANGES_CHANNEL } from './schema.ts';
import { jsonRows, type Sql } from './transaction.ts';

/** Whoever reads more of one transaction than this is quicker to read what is there. */
const MAX_TOLD = 500;
/** Changes that a client can still go on from; one that comes back later begins anew. */
const MAX_CHANGES_KEPT = 100_000n;

type Change = { readonly kind: 'upsert' | 'removed' | 'merged'; readonly currentId: string | null };

/**
 * What one transaction changes for readers: each id once, numbered without gaps. Where that is too much, one number is left
 * out: nobody goes on across it, and all begin anew.
 */
export class Feed {
  readonly #changes = new Map<string, Change>();
  #wakes = false;
  #beginsAnew = false;

  upserted(id: string): void {
    this.#changes.set(id, { kind: 'upsert', currentId: null });
  }

  /** `currentId`: the call into which this one went. */
  removed(id: string, currentId: string | null): void {
    this.#changes.set(id, { kind: currentId === null ? 'removed' : 'merged', currentId });
  }

  /** Something that readers show has changed without a row of the log: a call in progress, a customer. */
  wake(): void {
    this.#wakes = true;
  }

  /** More has changed than is told one by one. */
  beginAnew(): void {
    this.#beginsAnew = true;
  }

  /** Numbers the changes after `last` and wakes readers at commit. The number of the last change. */
  async write(sql: Sql, last: bigint): Promise<bigint> {
    if (this.#beginsAnew || this.#changes.size > MAX_TOLD) return this.#number(sql, last + 1n);
    if (this.#changes.size === 0) {
      if (this.#wakes) await sql('select pg_notify($1, $2)', [CHANGES_CHANNEL, '']);
      return last;
    }
    let seq = last;
    const rows = [...this.#changes].map(([id, { kind, currentId }]) => ({
      seq: ++seq,
      id,
      kind,
      current_id: currentId,
    }));
    await sql('insert into changes select * from json_populate_recordset(null::changes, $1)', [jsonRows(rows)]);
    return this.#number(sql, seq);
  }

  async #number(sql: Sql, seq: bigint): Promise<bigint> {
    await sql('with moved as (update checkpoint set seq = $1) delete from changes where seq <= $2', [
      seq,
      seq - MAX_CHANGES_KEPT,
    ]);
    await sql('select pg_notify($1, $2)', [CHANGES_CHANNEL, '']);
    return seq;
  }
}
