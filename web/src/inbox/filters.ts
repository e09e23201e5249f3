import type { CommsQuery } from '../api/comms.ts';
import type { Outcome } from '../api/types.ts';

export const VIEWS = ['mine', 'all', 'missed', 'no-answer', 'incoming', 'outgoing', 'live'] as const;
export type View = (typeof VIEWS)[number];

export const DONE = ['any', 'no', 'yes'] as const;
export type Done = (typeof DONE)[number];

/** What the inbox shows; it stands in the URL, so a link shows the same. Dates are days of the browser's time zone. */
export type Filters = {
  readonly view: View;
  readonly type: '' | 'call';
  readonly q: string;
  readonly from: string;
  readonly to: string;
  /** of the directory; `me`: who asks */
  readonly person: string;
  readonly extension: string;
  readonly queue: string;
  readonly did: string;
  readonly trunk: string;
  /** seconds of the talk */
  readonly duration_from: string;
  readonly duration_to: string;
  /** of those that the view has; none: all of them */
  readonly outcome: readonly Outcome[];
  /** '': as the view has it */
  readonly done: '' | Done;
  readonly unassigned: boolean;
  /** a machine spoke with the outside party, and no person did */
  readonly machine: boolean;
};

export const NO_FILTERS: Filters = {
  view: 'all',
  type: '',
  q: '',
  from: '',
  to: '',
  person: '',
  extension: '',
  queue: '',
  did: '',
  trunk: '',
  duration_from: '',
  duration_to: '',
  outcome: [],
  done: '',
  unassigned: false,
  machine: false,
};

export const OUTCOMES: readonly Outcome[] = ['answered', 'missed', 'abandoned', 'voicemail', 'busy', 'failed'];
const UNANSWERED = OUTCOMES.filter((outcome) => outcome !== 'answered');
const DAY = /^\d{4}-\d\d-\d\d$/;
const MIN_SEARCH = 2;
export const MAX_SEARCH = 100;
/** Seconds. */
export const MAX_DURATION = 86_400;

export function filtersOf(search: URLSearchParams): Filters {
  const view = VIEWS.find((one) => one === search.get('view')) ?? 'all';
  const day = (name: string) => (DAY.test(search.get(name) ?? '') ? (search.get(name) ?? '') : '');
  const seconds = (name: string) => {
    const text = search.get(name) ?? '';
    return /^\d{1,5}$/.test(text) && Number(text) <= MAX_DURATION ? String(Number(text)) : '';
  };
  const done = search.get('done');
  return {
    view,
    type: search.get('type') === 'call' ? 'call' : '',
    q: search.get('q') ?? '',
    from: day('from'),
    to: day('to'),
    person: search.get('person') ?? '',
    extension: search.get('extension') ?? '',
    queue: search.get('queue') ?? '',
    did: search.get('did') ?? '',
    trunk: search.get('trunk') ?? '',
    duration_from: seconds('duration_from'),
    duration_to: seconds('duration_to'),
    outcome: outcomesOf(view).filter((one) => search.getAll('outcome').includes(one)),
    // links of before said `1`
    done: done === '1' ? 'any' : (DONE.find((one) => one === done) ?? ''),
    unassigned: search.get('unassigned') === '1',
    machine: search.get('machine') === '1',
  };
}

/** Writes the filters into `search`, and leaves out what is not set and what else stands there. */
export function withFilters(search: URLSearchParams, filters: Filters): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(filters)) {
    next.delete(name);
    for (const text of textsOf(value))
      if (text !== '' && !(name === 'view' && text === NO_FILTERS.view)) next.append(name, text);
  }
  return next;
}

function textsOf(value: Filters[keyof Filters]): readonly string[] {
  if (typeof value === 'boolean') return value ? ['1'] : [];
  return typeof value === 'string' ? [value] : value;
}

/** What else is asked than the view. */
export function isFiltered({ view: _, ...rest }: Filters): boolean {
  return Object.values(rest).some((value) => textsOf(value).some((text) => text !== ''));
}

/** The outcomes that entries of a view can have. */
export function outcomesOf(view: View): readonly Outcome[] {
  return isUnanswered(view) ? UNANSWERED : OUTCOMES;
}

/** Whether those that are done are shown: missed calls are a work list. */
export function doneOf({ view, done }: Pick<Filters, 'view' | 'done'>): Done {
  return done === '' ? defaultDone(view) : done;
}

export function defaultDone(view: View): Done {
  return view === 'missed' ? 'no' : 'any';
}

/** What nothing is asked with: the fields that have to change, where a range is the wrong way round or a text is too long. */
export function wrongOf({ q, from, to, duration_from, duration_to }: Filters): readonly ('q' | 'to' | 'duration_to')[] {
  const isLess = (less: string, than: string) => less !== '' && than !== '' && Number(less) < Number(than);
  return [
    ...(q.trim().length > MAX_SEARCH ? (['q'] as const) : []),
    ...(from !== '' && to !== '' && to < from ? (['to'] as const) : []),
    ...(isLess(duration_to, duration_from) ? (['duration_to'] as const) : []),
  ];
}

/** The filters as the API knows them; null: there is no asking for these. */
export function commsQueryOf(filters: Filters): CommsQuery | null {
  if (wrongOf(filters).length > 0) return null;
  const { view, type, q, from, to, outcome, unassigned, machine } = filters;
  const { extension, queue, did, trunk, duration_from, duration_to } = filters;
  const done = doneOf(filters);
  return {
    direction: directionOf(view),
    outcome: outcome.length > 0 ? outcome : isUnanswered(view) ? UNANSWERED : [],
    done: done === 'any' ? '' : String(done === 'yes'),
    type,
    q: q.trim().length < MIN_SEARCH ? '' : q.trim(),
    from: from === '' ? '' : startOf(from, 0),
    to: to === '' ? '' : startOf(to, 1),
    person: view === 'mine' ? 'me' : filters.person,
    extension,
    queue,
    did,
    trunk,
    duration_from,
    duration_to,
    unassigned: unassigned ? 'true' : '',
    handled_by_machine: machine ? 'true' : '',
  };
}

function isUnanswered(view: View): boolean {
  return view === 'missed' || view === 'no-answer';
}

function directionOf(view: View): readonly string[] {
  if (view === 'missed' || view === 'incoming') return ['inbound'];
  return view === 'no-answer' || view === 'outgoing' ? ['outbound'] : [];
}

/** When the day begins in the browser's time zone, `days` later. */
export function startOf(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + days).toISOString();
}
