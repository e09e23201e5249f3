import { isSessionStream, partsOfStream } from '../../domain/events.ts';
import type { Erased, Plan } from '../../erasing/index.ts';
import { tableText } from './tableText.ts';

/** Names that a list shows. */
const SHOWN = 20;

const KINDS: Readonly<Record<string, string>> = {
  call: 'calls, as the PBX told them',
  cdr: 'call records',
  manual: 'calls logged by hand',
  annotation: 'what people said of calls',
  customer: 'the customer',
};

/** What an erasure would take, and what it leaves; ids and counts, nobody's number or name. */
export function planText(plan: Plan): readonly string[] {
  const counts = Object.entries(KINDS).map(([kind, what]) => [what, plan.existing.filter(isOf(kind)).length] as const);
  const mixed = plan.mixed.reduce((sum, { revisions }) => sum + revisions.length, 0);
  const rows = [
    ['entries', plan.entries.length],
    ...counts.map(([what, count]) => [`streams: ${what}`, count]),
    ['whole streams of sessions', plan.existing.filter(isSessionStream).length],
    ['single facts in streams of sessions', mixed],
    ['facts that the log had refused (refused/)', plan.refused.length],
    ['names of streams closed to what comes late', plan.streams.length - plan.existing.length],
  ].map((row) => row.map(String));
  return [...tableText(['what goes', 'count'], rows), ...remarks(plan)];
}

function remarks(plan: Plan): readonly string[] {
  const { others, ambiguous, holders, elsewhere, left } = plan;
  const taken = others.map(({ id, customerId }) => (customerId === null ? id : `${id} (${customerId})`));
  return [
    remark(others.length, 'entries of others go too, as they share a stream', taken),
    remark(ambiguous, 'calls stay that could be of this customer as well as of another: erase them by --call', []),
    remark(holders.length, 'customers hold the number and keep it: erase them by --customer', holders),
    remark(
      left.length,
      'streams of sessions hold it and stay: with --whole-sessions they go, whoever else is in them',
      left.map(({ stream, others: more }) => `${stream} (${more} other facts)`),
    ),
    remark(elsewhere.length, 'streams of others hold the number or the name too, and stay', elsewhere),
  ].flat();
}

function remark(count: number, what: string, names: readonly string[]): readonly string[] {
  if (count === 0) return [];
  const shown = names.slice(0, SHOWN).map((name) => `  ${name}`);
  const more = names.length > SHOWN ? [`  and ${names.length - SHOWN} more`] : [];
  return ['', `${count} ${what}${shown.length > 0 ? ':' : '.'}`, ...shown, ...more];
}

function isOf(kind: string): (stream: string) => boolean {
  return (stream) => partsOfStream(stream).kind === kind && !isSessionStream(stream);
}

/** What was done, and what only the operator can do. */
export function afterErasing({ streams, facts }: Erased, store: 'postgres' | 'eventstoredb'): readonly string[] {
  return [
    `Erased: ${streams} streams, ${facts} single facts. The proof stands in the log (system-erasures); it names nobody.`,
    'Yours to do:',
    store === 'postgres'
      ? '- `vacuum full log.event, log.pack` when nothing is heard: until then the dead rows are in PostgreSQL’s files, and in its WAL'
      : '- start a scavenge on every node of EventStoreDB, and wait for its end: until then the events are in its files',
    '- vacuum the tables of the read model in PostgreSQL, or build a new version and drop the old ones',
    '- throw away backups, exports and recordings that hold the person, or erase again after a restore',
  ];
}
