import { CommslogError } from '../../errors.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { Sql } from './transaction.ts';

/** How far a version has come: in the log, and with its changes. */
export type Checkpoint = {
  readonly position: bigint;
  readonly seq: bigint;
  /**
   * how often something was changed that had been projected: a parked event was brought back, calls were erased or matched
   * again. What is kept in memory holds for one value of it.
   */
  readonly retries: bigint;
};

export const NOTHING_PROJECTED: Checkpoint = { position: 0n, seq: 0n, retries: 0n };

/** A checkpoint as it is stored, and of which log. */
export type StoredCheckpoint = {
  readonly at: Checkpoint;
  readonly logId: string;
  /** up to where the directory was taken in; null: by a program that knows none */
  readonly directoryAt: bigint | null;
};

/** Where the tables stand; `table`: the checkpoint of another version. */
export async function readCheckpoint(sql: Sql, table = 'checkpoint'): Promise<StoredCheckpoint> {
  const [row] = await sql<Checkpoint & { log_id: string; directory_at: bigint | null }>(
    `select position, seq, retries, log_id, directory_at from ${table}`,
  );
  if (!row) throw new Error('the read-model version has no checkpoint');
  const { position, seq, retries, log_id: logId, directory_at: directoryAt } = row;
  return { at: { position, seq, retries }, logId, directoryAt };
}

/**
 * Errors: `LOG_IS_ANOTHER`, `LOG_TOO_SHORT` when the version was not built from this log as it is now: its rows would be
 * mixed with those of another history. Not to be asked in a transaction, which would wait with a log that is away.
 */
export async function refuseAnotherLog({ at, logId: builtFrom }: StoredCheckpoint, log: EventStore): Promise<void> {
  const logId = await log.logId();
  if (builtFrom !== logId) {
    throw new CommslogError(
      'LOG_IS_ANOTHER',
      `The read model was built from the log ${builtFrom}, but this is the log ${logId}. Configure the log it belongs to, or build a new read-model version.`,
    );
  }
  const head = await log.head();
  if (head < at.position) {
    throw new CommslogError(
      'LOG_TOO_SHORT',
      `The read model has projected up to position ${at.position}, but the log ends at ${head}: an older backup of the log was restored. Restore the read model from the same time, or build a new read-model version.`,
    );
  }
}

/**
 * Compare and set, as the first statement of a transaction: what follows is done once, whoever else projects.
 * Error: `FENCED` when another projector has moved it, or a parked event was projected meanwhile.
 */
export async function moveCheckpoint(
  sql: Sql,
  from: Checkpoint,
  to: Pick<Checkpoint, 'position' | 'retries'>,
): Promise<void> {
  const moved = await sql(
    `update checkpoint set position = $4, retries = $5, directory_at = $4
     where position = $1 and retries = $2 and seq = $3
     returning position`,
    [from.position, from.retries, from.seq, to.position, to.retries],
  );
  if (moved.length === 1) return;
  throw new CommslogError('FENCED', `another projector has moved the checkpoint from ${from.position}`);
}

/**
 * As the first statement of a transaction that changes what was projected already: nobody projects until its end, and
 * whoever did then begins with what is stored. Where the tables stand.
 */
export async function holdCheckpoint(sql: Sql): Promise<Checkpoint> {
  await sql('update checkpoint set retries = retries + 1');
  return (await readCheckpoint(sql)).at;
}
