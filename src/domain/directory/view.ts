/** Which entries somebody sees: one predicate, for the rows of a query (`projections/queries/seen.ts`) and for one at hand. */
import type { CommsEntry } from '../entry.ts';
import type { Role } from '../events.ts';
import type { Settings } from '../settings.ts';
import { fromRfc3339, type Micros } from '../time.ts';
import { type Directory, holds, isPlace, type Line } from './directory.ts';
import type { Sight } from './person.ts';
import type { Place } from './team.ts';

export type View =
  | { readonly sees: 'all' }
  | {
      readonly sees: 'some';
      /** who spoke or whose phone rang there */
      readonly lines: readonly Line[];
      /** who logged it by hand */
      readonly subs: readonly string[];
      /** calls from outside that nobody answered, in these queues */
      readonly queues: readonly Place[];
      /** and at these of our numbers */
      readonly dids: readonly Place[];
    };

export const SEES_ALL: View = { sees: 'all' };

/** Whose calls somebody sees, by themselves or else by their role. */
export function sightOf(directory: Directory, { sub, role }: { readonly sub: string; readonly role: Role }): Sight {
  if (role === 'admin') return 'all';
  return directory.personOfSub(sub)?.sees ?? directory.settings.visibility[role];
}

/** What somebody sees now. Who is not in the directory has no phone and no team, and sees what they logged. */
export function viewOf(directory: Directory, asking: { readonly sub: string; readonly role: Role }): View {
  const sight = sightOf(directory, asking);
  if (sight === 'all') return SEES_ALL;
  const self = directory.personOfSub(asking.sub);
  const own = { lines: self?.lines ?? [], subs: [asking.sub] };
  if (sight === 'own' || self === null) return { sees: 'some', ...own, queues: [], dids: [] };
  const members = directory.membersOf(self.teams);
  const teams = directory.teams.filter(({ id }) => self.teams.includes(id));
  return {
    sees: 'some',
    lines: [...new Set([...own.lines, ...members.flatMap(({ lines }) => lines)])],
    subs: [...new Set([...own.subs, ...members.flatMap(({ sub }) => (sub === null ? [] : [sub]))])],
    queues: teams.flatMap(({ queues }) => queues),
    dids: teams.flatMap(({ dids }) => dids),
  };
}

export type Seeable = Pick<CommsEntry, 'pbx' | 'did' | 'direction' | 'extensions' | 'rang' | 'occurred_at'> & {
  readonly outcome?: CommsEntry['outcome'];
  readonly answered_at?: string | null;
  /** all that spoke or rang, where the row shows the first alone */
  readonly phones?: readonly string[];
  readonly queues?: readonly string[] | null;
  readonly logged_by?: string | null;
};

/** Whether an entry, or a call in progress, is one of those. */
export function isSeen(view: View, row: Seeable): boolean {
  if (view.sees === 'all') return true;
  const { pbx, did, extensions, rang, occurred_at, logged_by = null } = row;
  if (logged_by !== null && view.subs.includes(logged_by)) return true;
  const at = occurred_at === null ? null : fromRfc3339(occurred_at);
  const phones = new Set(row.phones ?? [...extensions, ...rang]);
  if (view.lines.some((line) => phones.has(line.extension) && isHeld(line, pbx, at))) return true;
  if (!isMissed(row)) return false;
  return (
    view.queues.some((one) => (row.queues ?? []).some((place) => isPlace(one, { place, pbx }))) ||
    (did !== null && view.dids.some((one) => isPlace(one, { place: did, pbx })))
  );
}

/** From outside, and nobody has answered: not yet, of a call in progress. */
function isMissed({ direction, outcome, answered_at = null }: Seeable): boolean {
  return direction === 'inbound' && (outcome === undefined ? answered_at === null : outcome !== 'answered');
}

/** Of a call without a time nobody can say whose the extension was. */
function isHeld(line: Line, pbx: string, at: Micros | null): boolean {
  if (line.pbx !== null && line.pbx !== pbx) return false;
  return at !== null && holds(line, at);
}

/** Whether numbers are hidden from a role, but for what tells them apart. */
export function isMasked({ masked_roles }: Settings, role: Role): boolean {
  return role !== 'admin' && masked_roles.includes(role);
}
