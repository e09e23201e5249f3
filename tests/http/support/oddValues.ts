/** What stands in a request by mistake or on purpose: each may be refused, none may be a fault of ours. */

const NUMBERS = ['0', '-1', '1e300', 'NaN', '2147483648', '9223372036854775808', '9'.repeat(40)];

const TIMES = [
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '0001-01-01T00:00:00+23:59',
  '1969-12-31T23:59:59.999999Z',
  '2016-12-31T23:59:60Z',
  '2026-02-30T00:00:00Z',
  '2026-11-25T24:00:00Z',
  '2026-11-25T10:00:00+23:00',
  '2026-11-25T10:00:00-15:59',
  '2026-11-25T10:00:00+99:99',
  `2026-11-25T10:00:00.${'123456789'.repeat(30)}Z`,
  '9999-12-31T23:59:59.999999Z',
  '9999-12-31T23:59:59.999999-23:59',
  '+010000-01-01T00:00:00Z',
  'infinity',
];

const ZONES = [
  'AET',
  'IST',
  'CET',
  'EST5EDT',
  'Asia/Kolkata',
  'Europe/Kyiv',
  '+02:00',
  '<+05>-5',
  'localtime',
  'Factory',
];

const WORDS = [
  '',
  ' ',
  'null',
  '__proto__',
  'constructor',
  '%',
  '\\',
  "'; select 1; --",
  '{"a":1}',
  '[]',
  '\u0000',
  'a\u0000b',
  '\u202eΆ\u0301\ufdfa😀',
  'a'.repeat(64),
  'a'.repeat(5_000),
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF',
];

export const ODD_TEXTS: readonly string[] = [...NUMBERS, ...TIMES, ...ZONES, ...WORDS];

/** As they stand in a URL: what is no UTF-8, or badly encoded. */
export const ODD_IN_URLS: readonly string[] = [
  ...ODD_TEXTS.map((text) => encodeURIComponent(text)),
  '%',
  '%zz',
  '%ff',
  '%c0%80',
  '%ed%a0%80',
];

/** What HTTP lets stand in a header. */
export const ODD_IN_HEADERS: readonly string[] = [
  ...ODD_TEXTS.filter((text) => /^[\x20-\x7e]*$/.test(text)),
  '*',
  '"',
  '""',
  '"a:-1"',
  `"a:${'9'.repeat(19)}"`,
  'W/"a:1"',
  ','.repeat(500),
  '\xff\xfe',
  `999999999:${'9'.repeat(18)}`,
  '1:0',
];

const DEEP = 10_000;
/** As they stand in JSON. */
export const ODD_IN_JSON: readonly string[] = [
  ...[...TIMES, ...WORDS].map((text) => JSON.stringify(text)),
  '"\\ud800"',
  'null',
  'true',
  '0',
  '-1',
  '0.5',
  '1e300',
  '1e999',
  '9223372036854775808',
  '[]',
  '{}',
  '[null]',
  '{"__proto__":{"a":1},"constructor":1}',
  '['.repeat(DEEP) + ']'.repeat(DEEP),
  `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  `[${'0,'.repeat(20_000)}0]`,
];

/** The JSON of `value` with each part of it, the whole too, in the place of which something odd stands. */
export function* oddly(value: unknown): Generator<string> {
  for (const odd of ODD_IN_JSON) yield odd;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    for (const odd of oddly(part)) yield withPart(value, key, odd);
  }
}

/** JSON of `value` in which `json` stands at `key`; written by hand, as it may be what JSON.stringify never writes. */
function withPart(value: object, key: string, json: string): string {
  const parts = Object.entries(value).map(([name, part]) => ({
    name,
    json: name === key ? json : JSON.stringify(part),
  }));
  if (Array.isArray(value)) return `[${parts.map((part) => part.json).join(',')}]`;
  return `{${parts.map((part) => `${JSON.stringify(part.name)}:${part.json}`).join(',')}}`;
}
