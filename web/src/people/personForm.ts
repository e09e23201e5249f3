import type { Person, PersonBody } from '../api/types.ts';
import { startOf } from '../inbox/filters.ts';

export const ROLES = ['agent', 'auditor', 'admin'] as const;
export const SIGHTS = ['own', 'team', 'all'] as const;
const MAX_LINES = 50;

/** An extension and the days on which it is theirs, the last one too; '': open at that end. `was`: as it was stored. */
export type LineForm = {
  readonly key: string;
  readonly extension: string;
  readonly from: string;
  readonly to: string;
  readonly was: Pick<Person['lines'][number], 'pbx' | 'from' | 'to'>;
};

export type PersonForm = {
  readonly name: string;
  readonly role: string;
  readonly sees: string;
  readonly sub: string;
  readonly teams: readonly string[];
  readonly lines: readonly LineForm[];
};

export function formOf(person: Person | null): PersonForm {
  const { name = '', access = null, teams = [], lines = [] } = person ?? {};
  return {
    name,
    role: access?.role ?? '',
    sees: access?.sees ?? '',
    sub: access?.sub ?? '',
    teams,
    lines: person === null ? [newLine()] : lines.map(lineOf),
  };
}

function lineOf({ extension, pbx, from, to }: Person['lines'][number], index: number): LineForm {
  const was = { pbx, from, to };
  return { key: `${index}`, extension, from: firstDayOf(from), to: lastDayOf(to), was };
}

export function newLine(): LineForm {
  return { key: crypto.randomUUID(), extension: '', from: '', to: '', was: { pbx: null, from: null, to: null } };
}

export function mayAddLine({ lines }: PersonForm): boolean {
  return lines.length < MAX_LINES;
}

/** Lines without an extension are left away. A day that was not changed stays the time that it was. */
export function bodyOf({ name, role, sees, sub, teams, lines }: PersonForm): PersonBody {
  return {
    name: name.trim(),
    role: ROLES.find((one) => one === role) ?? null,
    sees: SIGHTS.find((one) => one === sees) ?? null,
    sub: sub.trim() === '' ? null : sub.trim(),
    teams: [...teams],
    lines: linesIn(lines).map(({ extension, from, to, was }) => ({
      extension: extension.trim(),
      pbx: was.pbx,
      from: from === firstDayOf(was.from) ? was.from : from === '' ? null : startOf(from, 0),
      to: to === lastDayOf(was.to) ? was.to : to === '' ? null : startOf(to, 1),
    })),
  };
}

/** Those that are sent, in their order. */
export function linesIn(lines: readonly LineForm[]): readonly LineForm[] {
  return lines.filter(({ extension }) => extension.trim() !== '');
}

/** Whether what was kept in the tab is a form of this program. */
export function isPersonForm(stored: unknown): stored is PersonForm {
  if (typeof stored !== 'object' || stored === null) return false;
  const form: Partial<Record<keyof PersonForm, unknown>> = stored;
  const texts = [form.name, form.role, form.sees, form.sub];
  return (
    texts.every((text) => typeof text === 'string') &&
    Array.isArray(form.teams) &&
    form.teams.every((team) => typeof team === 'string') &&
    Array.isArray(form.lines) &&
    form.lines.every(isLine)
  );
}

function isLine(stored: unknown): stored is LineForm {
  if (typeof stored !== 'object' || stored === null) return false;
  const line: Partial<Record<keyof LineForm, unknown>> = stored;
  const texts = [line.key, line.extension, line.from, line.to];
  return texts.every((text) => typeof text === 'string') && typeof line.was === 'object' && line.was !== null;
}

function firstDayOf(time: string | null): string {
  return time === null ? '' : dayOf(new Date(time));
}

/** `time` is the moment at which it is over. */
function lastDayOf(time: string | null): string {
  return time === null ? '' : dayOf(new Date(Date.parse(time) - 1));
}

function dayOf(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}
