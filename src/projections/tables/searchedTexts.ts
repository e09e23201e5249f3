/**
 * The texts that searches compare with, kept beside the rows: to make one takes as long as to compare with a hundred. Each is
 * there as it is compared (`plain`), and in the letters that an index knows (`letters`).
 */
import { keptBy } from './keptBeside.ts';
import { BEGIN, NUMBER_END, plainSql, RAW_END, toLettersSql } from './searchText.ts';

type Kept = {
  readonly table: string;
  readonly of: 'crm_comms_log' | 'customer';
  readonly key: string;
  /** what a text is made of */
  readonly said: (rows: string) => string;
  /** of what was said, beside the key */
  readonly columns: readonly string[];
  readonly text: string;
};

function textsBeside({ table, of, key, said, columns, text }: Kept): string {
  const all = [key, ...columns].join(', ');
  const made = (rows: string) => `
    insert into ${table} (${all}, plain, letters)
    select ${all}, plain, ${toLettersSql('plain')}
    from (select ${all}, ${plainSql(text)} as plain from (${rows}) as row offset 0) as made
    on conflict do nothing`;
  const gone = (rows: string) => `
    delete from ${table} as kept using (${rows}) as gone
    where (${key.replace(/\w+/g, 'kept.$&')}) = (${key.replace(/\w+/g, 'gone.$&')})`;
  const [before, after] = [said('before_rows'), said('after_rows')];
  return `
  ${keptBy(
    table,
    `
    if tg_op = 'INSERT' then ${made(after)};
    elsif tg_op = 'DELETE' then ${gone(before)};
    else
      ${gone(`${before} except ${after}`)};
      ${made(`${after} except ${before}`)};
    end if;`,
    of,
  )}
  ${made(said(of))};`;
}

const character = (separator: string) => `chr(${separator.charCodeAt(0)})`;
const NOTES = `
  case when notes = '[]' then '' else coalesce((
    select string_agg(${character(BEGIN)} || (note ->> 'text'), '' order by nth)
    from json_array_elements(notes::json) with ordinality as noted (note, nth)), '') end`;

/** Of entries, in the order of the list: the number, as what it came, the name that came with it, and what people noted. */
export const ENTRY_TEXT = `
  create table if not exists entry_text (
    occurred_at timestamptz not null,
    id          uuid not null,
    customer_id text,
    plain       text not null,
    letters     text not null,
    primary key (occurred_at, id)
  );
  ${textsBeside({
    table: 'entry_text',
    of: 'crm_comms_log',
    key: 'occurred_at, id',
    said: (rows) => `
      select occurred_at, id, customer_id, external_number, external_number_raw, external_name, notes::text as notes
      from ${rows}`,
    columns: ['customer_id'],
    text: `(translate(coalesce(external_number, ''), '+', '') || ${character(NUMBER_END)}
      || ${character(BEGIN)} || coalesce(external_number_raw, '') || ${character(RAW_END)}
      || ${character(BEGIN)} || coalesce(external_name, '') || ${NOTES})`,
  })}`;

/** Of customers: their names, and where they stand in the list. */
export const CUSTOMER_TEXT = `
  create table if not exists customer_text (
    id         text primary key,
    by_name    text not null,
    is_removed boolean not null,
    plain      text not null,
    letters    text not null
  );
  create index if not exists customer_text_list on customer_text (by_name, id) where not is_removed;
  ${textsBeside({
    table: 'customer_text',
    of: 'customer',
    key: 'id',
    said: (rows) => `select id, name, lower(name) as by_name, removed_at is not null as is_removed from ${rows}`,
    columns: ['by_name', 'is_removed'],
    text: `(${character(BEGIN)} || name)`,
  })}`;
