import { NAMES } from './names.ts';

/** What is asked for the n-th time, and how long it may take (of a hundred, all but one). */
export type Endpoint = { readonly name: string; readonly aimMs: number; path(n: number): string };

const list = (query: string) => `/api/crm/comms?limit=50&${query}`;
const YEAR = 'from=2024-01-01T00:00:00Z&to=2025-01-01T00:00:00Z&tz=Europe/Athens';
const nameOf = (n: number) => encodeURIComponent(NAMES[n % NAMES.length] ?? '');

export const ENDPOINTS: readonly Endpoint[] = [
  { name: 'first page', aimMs: 100, path: () => list('') },
  { name: 'inbound', aimMs: 100, path: () => list('direction=inbound') },
  { name: 'internal', aimMs: 100, path: () => list('direction=internal') },
  { name: 'internal that failed', aimMs: 100, path: () => list('direction=internal&outcome=failed') },
  {
    name: 'to call back',
    aimMs: 100,
    path: () => list('direction=inbound&outcome=missed&outcome=abandoned&outcome=voicemail&done=false'),
  },
  { name: 'unassigned', aimMs: 100, path: () => list('unassigned=true') },
  { name: 'handled by a machine', aimMs: 100, path: () => list('handled_by_machine=true') },
  { name: 'of an extension', aimMs: 100, path: (n) => list(`extension=${101 + (n % 60)}`) },
  { name: 'of an extension that is not there', aimMs: 100, path: () => list('extension=999') },
  { name: 'of a queue', aimMs: 100, path: (n) => list(`queue=${400 + (n % 12)}`) },
  { name: 'of a DID', aimMs: 100, path: (n) => list(`did=21012345${10 + (n % 40)}`) },
  { name: 'of a trunk', aimMs: 100, path: (n) => list(`trunk=provider-${n % 3}`) },
  { name: 'of a queue and an extension', aimMs: 100, path: (n) => list(`queue=${400 + (n % 12)}&extension=101`) },
  { name: 'by length', aimMs: 100, path: (n) => list(`duration_from=${100 + n}&duration_to=${140 + n}`) },
  { name: 'by a length that none has', aimMs: 100, path: () => list('duration_from=3600') },
  { name: 'places', aimMs: 100, path: () => '/api/crm/places' },
  { name: 'of a customer', aimMs: 100, path: (n) => list(`customer_id=c-${1 + n * 37}`) },
  { name: 'search by a first name', aimMs: 700, path: (n) => list(`q=${nameOf(n)}`) },
  { name: 'search by a name and a number behind it', aimMs: 700, path: (n) => list(`q=${nameOf(n)}%20${n}7`) },
  { name: 'search by four digits', aimMs: 700, path: (n) => list(`q=${1000 + n * 53}`) },
  { name: 'search by a whole number', aimMs: 700, path: (n) => list(`q=69${10_000_000 + n * 48_271}`) },
  {
    name: 'search by a word of a note',
    aimMs: 700,
    path: (n) => list(`q=${encodeURIComponent(`παραγγελία ${100 + n}`)}`),
  },
  { name: 'search by a word of every note', aimMs: 700, path: () => list(`q=${encodeURIComponent('παραγγελ')}`) },
  { name: 'search by two letters', aimMs: 700, path: (n) => list(`q=${['κα', 'mu', 'xq'][n % 3]}`) },
  { name: 'search for what is nowhere', aimMs: 700, path: (n) => list(`q=nobody${n}`) },
  {
    name: 'search by a first name among those that failed',
    aimMs: 700,
    path: (n) => list(`outcome=failed&q=${nameOf(n)}`),
  },
  { name: 'counts', aimMs: 50, path: () => '/api/crm/comms/counts' },
  { name: 'customers by a name', aimMs: 50, path: (n) => `/api/crm/customers?q=${nameOf(n)}` },
  { name: 'customers by digits', aimMs: 50, path: (n) => `/api/crm/customers?q=${10_000 + n * 53}` },
  { name: 'customers by two digits', aimMs: 50, path: (n) => `/api/crm/customers?q=${10 + n}` },
  ...['summary', 'calls_by_day', 'calls_by_hour', 'missed_by_extension'].map((name) => ({
    name: `report of a year: ${name}`,
    aimMs: 300,
    path: () => `/api/crm/reports/${name}?${YEAR}`,
  })),
];
