/** From when to when something holds, as people write it: both may be absent. */
import { toRfc3339 } from '../time.ts';
import { instantOf, type Refusal, refused } from './decision.ts';

type Period = { readonly from?: string | undefined; readonly to?: string | undefined };

/** What is wrong with the first of these periods that is none; `list`: the field in which they stand. Null: nothing. */
export function periodProblem(list: string, periods: readonly Period[]): Refusal | null {
  for (const [index, { from, to }] of periods.entries()) {
    for (const [field, value] of Object.entries({ from, to })) {
      if (value !== undefined && instantOf(value) === null) {
        return refused('TIME_OUT_OF_RANGE', `#/${list}/${index}/${field}`, 'a time between 1970 and 2200');
      }
    }
    if (from !== undefined && to !== undefined && Number(instantOf(from)) >= Number(instantOf(to))) {
      return refused('TIME_OUT_OF_RANGE', `#/${list}/${index}/to`, 'later than `from`');
    }
  }
  return null;
}

/** One way to write it: in UTC, nothing that is absent. */
export function canonicalPeriod({ from, to }: Period) {
  return { ...(from === undefined ? {} : { from: inUtc(from) }), ...(to === undefined ? {} : { to: inUtc(to) }) };
}

function inUtc(time: string): string {
  const instant = instantOf(time);
  return instant === null ? time : toRfc3339(instant);
}
