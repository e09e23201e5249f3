import { z } from 'zod';
import { type Match, matchSchema, reasonSchema } from '../../domain/entry.ts';
import type { Json } from '../../domain/events.ts';
import type { Diff, DiffField, DiffItem, DiffSummary } from '../../ports/rebuilds.ts';
import { percent } from './countProgress.ts';

const NOTHING = '–';
const one = z.union([z.string(), z.number(), z.boolean()]);
const plainSchema = z.union([one, z.array(one), z.null().transform(() => [])]);

/** What is said of two versions before their rows: never counts of a part as if they were all. */
export function headline(version: number, diff: Diff): readonly string[] {
  const { against, counted, complete } = diff;
  if (counted === null) return [`Version ${version} is being built: what differs is counted when it is ready.`];
  const begin = `Version ${version} against ${against}, which is active: ${summaryText(diff)}`;
  if (!counted.isWhole) {
    return [`${begin}, so far: ${percent(counted)} of the rows are compared, this is not all.`];
  }
  return [`${begin}.`, ...(complete ? [] : ['It has not caught up with the active version yet: this is not all.'])];
}

/** `rows changed 1,204 (900 customer_id, 12 direction), added 3, removed 1` */
export function summaryText({ added, removed, changed, byField }: DiffSummary): string {
  const count = (n: number) => n.toLocaleString('en');
  const fields = Object.entries(byField).map(([field, n]) => `${count(n)} ${field}`);
  const detail = fields.length === 0 ? '' : ` (${fields.join(', ')})`;
  return `rows changed ${count(changed)}${detail}, added ${count(added)}, removed ${count(removed)}`;
}

/** A row that differs, and below it each column before and after. */
export function itemText({ id, kind, entry, fields }: DiffItem): readonly string[] {
  const what = `${kind} ${id}  ${entry.occurredAt.slice(0, 19)}  ${entry.direction} ${entry.outcome}  ${entry.externalNumber ?? '–'}`;
  return [what, ...fields.map((field) => `    ${fieldText(field)}`)];
}

function fieldText({ field, before, after, why }: DiffField): string {
  const [was, is] = [valueText(before), valueText(after)];
  if (was === null || is === null) return `${field}: other parts`;
  const because = why === null ? null : reasonText(why);
  return `${field}: ${was} → ${is}${because === null ? '' : `  because ${because}`}`;
}

/** A value as a line can hold it; null: it has parts of its own. */
function valueText(value: Json): string | null {
  const match = matchSchema.safeParse(value);
  return match.success ? matchText(match.data) : plainText(value);
}

function matchText({ status, rule, candidates }: Match): string {
  const of = status === 'ambiguous' ? ` of ${candidates.map(({ customer_id }) => customer_id).join(', ')}` : '';
  return rule === status ? status : `${status}${of} by ${rule}`;
}

/** The rule, and of what it looked at that which is something. */
function reasonText(why: Json): string | null {
  const reason = reasonSchema.safeParse(why);
  if (!reason.success) return valueText(why);
  const { rule, inputs } = reason.data;
  const shown = Object.entries(inputs).flatMap(([name, value]) => {
    const text = plainText(value) ?? NOTHING;
    return text === NOTHING ? [] : [`${name} ${text}`];
  });
  return shown.length === 0 ? rule : `${rule} (${shown.join(', ')})`;
}

function plainText(value: unknown): string | null {
  const { data } = plainSchema.safeParse(value);
  if (data === undefined) return null;
  return [data].flat().map(String).join(', ') || NOTHING;
}
