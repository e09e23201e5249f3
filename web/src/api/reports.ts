import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ask, queryString } from './client.ts';
import type { ReportRows } from './types.ts';

export type Period = { readonly from: string; readonly to: string };

/** The rows of a report, by days and hours of the browser's time zone. */
export function useReport<N extends keyof ReportRows & string>(name: N, { from, to }: Period) {
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return useQuery({
    queryKey: ['reports', name, from, to, tz],
    queryFn: async ({ signal }) =>
      (await ask<{ rows: ReportRows[N][] }>(`/api/crm/reports/${name}${queryString({ from, to, tz })}`, { signal }))
        .rows,
    placeholderData: keepPreviousData,
  });
}
