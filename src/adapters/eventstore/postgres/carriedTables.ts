export const SCHEMA = 'log';
/** Events that are copied and compared at once, and of what they hold together; one larger event goes alone. */
export const MAX_EVENTS = 1_000;
const MAX_BYTES = 8 * 1024 * 1024;
/** The version of the log's tables that has packs. */
const PACKS_SINCE = 2;

/** A table of the log, whose rows are read in the order of positions. */
export type Table = {
  readonly name: string;
  /** the next rows behind a position, each with how many events it has */
  readonly page: string;
  /** of the rows in a stretch of positions, and of how the log ends */
  readonly digest: string;
};

const EVENTS: Table = {
  name: 'event',
  // rows whose sum is not too large, and the first one whatever it holds
  page: `
    select position, line, 1 as events
      from (select position, line, sum(octet_length(line)) over (order by position) as bytes
              from (select position, event::text as line from ${SCHEMA}.event
                     where position > $1 order by position limit ${MAX_EVENTS}) as page) as counted
     where bytes - octet_length(line) < ${MAX_BYTES}
     order by position`,
  digest: digestOf({ name: 'event', position: 'position', order: 'position', events: 'count(*)' }),
};

const PACKS: Table = {
  name: 'pack',
  // one block, which is bounded
  page: `
    select block as position, pack::text as line, cardinality(ids) as events
      from ${SCHEMA}.pack where block = (select min(block) from ${SCHEMA}.pack where block > $1)`,
  digest: digestOf({ name: 'pack', position: 'block', order: 'block, stream', events: 'sum(cardinality(ids))' }),
};

/** Those that the log's tables of a version have. */
export function carriedTables(version: number): readonly Table[] {
  return version >= PACKS_SINCE ? [EVENTS, PACKS] : [EVENTS];
}

function digestOf(table: Record<'name' | 'position' | 'order' | 'events', string>): string {
  const { name, position, order, events } = table;
  return `
    select coalesce(${events}, 0)::int as events,
           json_build_array(
             count(*),
             encode(sha256(convert_to(string_agg(encode(sha256(convert_to(${name}::text, 'UTF8')), 'hex'), ''
                                                 order by ${order}), 'UTF8')), 'hex'),
             (select position from ${SCHEMA}.head)) as of,
           not exists (select from ${SCHEMA}.${name} where ${position} > $2) as is_last
      from ${SCHEMA}.${name} where ${position} > $1 and ${position} <= $2`;
}
