import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import type { Rules } from '../../domain/rules.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { type DiffItem, type DiffKind, type DiffSummary, diffColumns } from '../../ports/rebuilds.ts';
import { callRow } from '../calls/entryRows.ts';
import { foldedCalls } from '../calls/foldedCalls.ts';
import { Groups } from '../calls/groups.ts';
import { PbxSessions } from '../calls/pbxSessions.ts';
import { type ComparedRow, diffItem } from '../diff/diffItem.ts';
import { rulesByPbx, whose } from '../people/whose.ts';
import { controlDb } from '../tables/controlDb.ts';
import { LogAtHand, withLogAtHand } from '../tables/logAtHand.ts';
import { inSnapshot, type Sql } from '../tables/transaction.ts';
import { activeVersion, noVersionYet, type ReadModelVersion } from '../tables/versions.ts';

export type RulesTrial = DiffSummary & {
  /** how many calls were folded by both rules */
  readonly calls: number;
  readonly items: readonly DiffItem[];
};

type Rows = ReadonlyMap<string, ComparedRow>;

/**
 * What these rules would change on the newest calls of the active version, finished ones: each is folded by the rules in
 * force and by these. Numbers of customers are taken as the active version reads them. Writes nothing.
 * Errors: those of the log, `DATABASE_UNAVAILABLE` while there is no active version.
 */
export async function tryRules(
  { pool, log }: { readonly pool: pg.Pool; readonly log: EventStore },
  rules: Rules,
  limit: number,
): Promise<RulesTrial> {
  const active = await activeVersion(controlDb(pool));
  if (!active) throw noVersionYet();
  const atHand = new LogAtHand(log);
  return withLogAtHand(() => tryOn(active, { pool, log: atHand }, { rules, limit }));
}

function tryOn(
  active: ReadModelVersion,
  { pool, log }: { readonly pool: pg.Pool; readonly log: LogAtHand },
  { rules, limit }: { readonly rules: Rules; readonly limit: number },
): Promise<RulesTrial> {
  return inSnapshot(pool, async (sql) => {
    await sql(`set local search_path to ${pg.escapeIdentifier(active.schema)}`);
    const groups = await new Groups().newest({ sql, log }, limit);
    const sessions = new PbxSessions();
    await sessions.load(
      sql,
      groups.map(({ pbx }) => pbx),
    );
    const rowsBy = async (by: Rules): Promise<Rows> => {
      const { entries } = foldedCalls(groups, { sessions, rules: by, hasParked: () => false });
      const whoseIs = await whose(
        sql,
        rulesByPbx(by),
        entries.map(({ asked }) => asked),
      );
      const rows = entries.map((entry) => callRow(entry, whoseIs));
      const names = await namesOf(
        sql,
        rows.map(({ customer_id }) => customer_id),
      );
      return new Map(rows.map((row) => [row.id, { ...row, customer_name: names.get(row.customer_id ?? '') ?? null }]));
    };
    const items = differences(await rowsBy(active.rules), await rowsBy(rules));
    return { calls: groups.length, items, ...summaryOf(items) };
  });
}

function differences(before: Rows, after: Rows): DiffItem[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids
    .map((id) => {
      const [old, now] = [before.get(id), after.get(id)];
      const fields = old && now ? diffColumns.filter((field) => !isDeepStrictEqual(old[field], now[field])) : [];
      return old && now && fields.length === 0 ? null : diffItem(old, now, fields);
    })
    .filter((item) => item !== null);
}

async function namesOf(sql: Sql, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ id: string; name: string }>('select id, name from customer where id = any($1)', [ids]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function summaryOf(items: readonly DiffItem[]): DiffSummary {
  const count = (kind: DiffKind) => items.filter((item) => item.kind === kind).length;
  const byField: Record<string, number> = {};
  for (const { field } of items.flatMap(({ fields }) => fields)) byField[field] = (byField[field] ?? 0) + 1;
  return { added: count('added'), removed: count('removed'), changed: count('changed'), byField };
}
