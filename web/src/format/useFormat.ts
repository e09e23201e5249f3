import { useMemo } from 'react';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { stretchOf } from './stretch.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Times, durations and numbers as the chosen language and the browser's time zone write them. */
export function useFormat() {
  const { t, locale } = useLanguage();
  return useMemo(() => {
    const day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
    const month = new Intl.DateTimeFormat(locale, { month: 'long' });
    const monthOfYear = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' });
    const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
    const dayAndClock = new Intl.DateTimeFormat(locale, {
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
    const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' });
    const short = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
    const seconds = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
    const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
    const figures = new Intl.NumberFormat(locale);
    const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
    const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
    const unit = (name: string) => new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' });
    const [minutes, hours, days] = [unit('minute'), unit('hour'), unit('day')];
    const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
    return {
      /** `Today`, `Yesterday`, `Monday 16 November` of this week, `Last week`, `Earlier this month`, `October` */
      stretch(time: Date, now: Date): string {
        const stretch = stretchOf(time, now);
        if (stretch === 'this week') return day.format(time);
        if (stretch !== 'a month') return t.time.stretches[stretch];
        return (time.getFullYear() === now.getFullYear() ? month : monthOfYear).format(time);
      },
      /** `5 min. ago` within the last hour, else the time of day, and of what is further away than this week its date */
      ago(time: Date, now: Date): string {
        const passed = now.getTime() - time.getTime();
        if (passed < MINUTE) return relative.format(0, 'second');
        if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), 'minute');
        const stretch = stretchOf(time, now);
        const isNear = stretch === 'today' || stretch === 'yesterday' || stretch === 'this week';
        return (isNear ? clock : dayAndClock).format(time);
      },
      /** the time of day, and of another day its date too */
      point(time: Date, now: Date): string {
        return (stretchOf(time, now) === 'today' ? clock : dayAndClock).format(time);
      },
      /** `35 min`, `2 hr`, `3 days`: roughly how long it took */
      span(from: Date, to: Date): string {
        const passed = Math.max(to.getTime() - from.getTime(), 0);
        if (passed < HOUR) return minutes.format(Math.floor(passed / MINUTE));
        return passed < 2 * DAY ? hours.format(Math.floor(passed / HOUR)) : days.format(Math.floor(passed / DAY));
      },
      exact: (time: Date) => exact.format(time),
      short: (time: Date) => short.format(time),
      seconds: (time: Date) => seconds.format(time),
      duration(total: number): string {
        return t.time.duration(Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60);
      },
      /** `25 Nov` */
      date: (time: Date) => date.format(time),
      /** 1 is Monday; the 1st of January 2024 was one */
      weekday: (number: number) => weekday.format(Date.UTC(2024, 0, number)),
      figure: (value: number) => figures.format(value),
      percent: (share: number) => percent.format(share),
    };
  }, [t, locale]);
}
