import type pg from 'pg';

const TABLES = [
  ['crm_comms_log', 'id'],
  ['call_member', 'pbx, key'],
  ['call_group', 'id'],
  ['call_alias', 'id'],
  ['current_call', 'id'],
  ['annotation', 'id'],
  ['manual_merge', 'manual_id, annotation_id'],
  ['customer', 'id'],
  ['customer_number', 'customer_id, ordinal'],
  ['number_rematch', 'number_key'],
  ['fold_waiting', 'group_id'],
  ['pbx_session', 'pbx, session'],
  ['gap_filling', 'pbx, session'],
  ['gap_heard', 'pbx, session, heard_session'],
  ['fact_count', 'pbx, session'],
  ['parked', 'position'],
] as const;

/** Every byte of a version's tables, row by row; without the numbers of changes and when an event was parked. */
export async function bytesOf(pool: pg.Pool, schema: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const [table, key] of TABLES) {
    const row = table === 'parked' ? '(position, stream, revision, event_id, type, error)' : 'row';
    const { rows } = await pool.query<{ text: string }>(
      `select ${row}::text as text from ${schema}.${table} as row order by ${key}`,
    );
    lines.push(...rows.map(({ text }) => `${table} ${text}`));
  }
  const { rows } = await pool.query<{ position: bigint }>(`select position from ${schema}.checkpoint`);
  return [...lines, `checkpoint ${rows[0]?.position}`];
}
