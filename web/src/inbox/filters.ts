import type { CommsQuery } from '../api/comms.ts';
import type { Outcome } from '../api/types.ts';

export const VIEWS = ['all', 'missed', 'no-answer', 'incoming', 'outgoing', 'live'] as const;
export type View = (typeof VIEWS)[number];

/** What the inbox shows; it stands in the URL, so a link shows the same. Dates are days of the browser's time zone. */
export type Filters = {
  readonly view: View;
  readonly type: '' | 'call';
  readonly q: string;
  readonly from: string;
  readonly to: string;
  readonly extension: string;
  readonly unassigned: boolean;
  /** a machine spoke with the outside party, and no person did */
  readonly machine: boolean;
  /** of the missed calls: also those that are done */
  readonly done: boolean;
};

export const NO_FILTERS: Filters = {
  view: 'all',
  type: '',
  q: '',
  from: '',
  to: '',
  extension: '',
  unassigned: false,
  machine: false,
  done: false,
};

const UNANSWERED: readonly Outcome[] = ['missed', 'abandoned', 'busy', 'failed', 'voicemail'];
const DAY = /^\d{4}-\d\d-\d\d$/;
const MIN_SEARCH = 2;

export function filtersOf(search: URLSearchParams): Filters {
  const view = search.get('view');
  const day = (name: string) => (DAY.test(search.get(name) ?? '') ? (search.get(name) ?? '') : '');
  return {
    view: VIEWS.find((one) => one === view) ?? 'all',
    type: search.get('type') === 'call' ? 'call' : '',
    q: search.get('q') ?? '',
    from: day('from'),
    to: day('to'),
    extension: search.get('extension') ?? '',
    unassigned: search.get('unassigned') === '1',
    machine: search.get('machine') === '1',
    done: search.get('done') === '1',
  };
}

/** Writes the filters into `search`, and leaves out what is not set and what else stands there. */
export function withFilters(search: URLSearchParams, filters: Filters): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(filters)) {
    const text = value === true ? '1' : value === false || value === 'all' ? '' : value;
    if (text === '') next.delete(name);
    else next.set(name, text);
  }
  return next;
}

export function isFiltered({ view, ...rest }: Filters): boolean {
  return Object.entries(rest).some(([name, value]) => name !== 'done' && value !== '' && value !== false);
}

/** The filters as the API knows them. */
export function commsQueryOf(filters: Filters): CommsQuery {
  const { type, q, from, to, extension, unassigned, machine } = filters;
  return {
    ...ofView(filters),
    type,
    q: q.trim().length < MIN_SEARCH ? '' : q.trim(),
    from: from === '' ? '' : startOf(from, 0),
    to: to === '' ? '' : startOf(to, 1),
    extension: extension.trim(),
    unassigned: unassigned ? 'true' : '',
    handled_by_machine: machine ? 'true' : '',
  };
}

function ofView({ view, done }: Filters): CommsQuery {
  if (view === 'missed') return { direction: ['inbound'], outcome: UNANSWERED, done: done ? '' : 'false' };
  if (view === 'no-answer') return { direction: ['outbound'], outcome: UNANSWERED };
  if (view === 'incoming') return { direction: ['inbound'] };
  return view === 'outgoing' ? { direction: ['outbound'] } : {};
}

/** When the day begins in the browser's time zone, `days` later. */
export function startOf(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + days).toISOString();
}
