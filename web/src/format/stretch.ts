const DAY = 24 * 60 * 60_000;

/** What of the past a time lies in, as people divide it: days while they are near, then a week, then months. */
export type Stretch = 'today' | 'yesterday' | 'this week' | 'last week' | 'this month' | 'a month';

/** By the days of the time zone that we are in; weeks begin on Monday, as those of the reports do. */
export function stretchOf(time: Date, now: Date): Stretch {
  const days = daysBetween(time, now);
  if (days === 0) return 'today';
  if (days === 1) return 'yesterday';
  const sinceMonday = (now.getDay() + 6) % 7;
  if (days <= sinceMonday) return 'this week';
  if (days <= sinceMonday + 7) return 'last week';
  const isSameMonth = time.getMonth() === now.getMonth() && time.getFullYear() === now.getFullYear();
  return isSameMonth ? 'this month' : 'a month';
}

/** Below 0: a day ahead, by a clock that is fast. */
function daysBetween(time: Date, now: Date): number {
  return Math.round((startOfDay(now) - startOfDay(time)) / DAY);
}

function startOfDay(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}
