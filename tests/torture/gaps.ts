import { z } from 'zod';
import type { Witness } from './witness.ts';

/** What lies so near a gap may be in it: what was said and what was heard are told by two clocks, and bytes travel. */
const NEAR_MS = 1_500;

const coverageSchema = z.object({
  pbxs: z.array(
    z.object({
      gaps: z.array(
        z.object({
          from: z.string(),
          to: z.string().nullable(),
          cause: z.string(),
          heard: z.object({ from: z.string().nullable(), until: z.string().nullable() }).nullable(),
        }),
      ),
    }),
  ),
});
type Told = z.infer<typeof coverageSchema>['pbxs'][number]['gaps'][number];

/** In milliseconds of `Date.now`; one that is not over lasts until now. */
export type ToldGap = { readonly from: number; readonly to: number; readonly cause: string };

/** When the PBX was not heard, as the program tells it; without what a journal held of it. */
export async function toldGaps({ get }: Pick<Witness, 'get'>): Promise<readonly ToldGap[]> {
  const { pbxs } = coverageSchema.parse(JSON.parse(await get('/api/admin/coverage?tz=UTC')));
  return pbxs.flatMap(({ gaps }) => gaps.flatMap(openParts));
}

function openParts({ from, to, cause, heard }: Told): readonly ToldGap[] {
  const whole = { from: Date.parse(from), to: to === null ? Date.now() : Date.parse(to), cause };
  if (heard?.from == null || heard.until == null) return [whole];
  const parts = [
    { ...whole, to: Date.parse(heard.from) },
    { ...whole, from: Date.parse(heard.until) },
  ];
  return parts.filter((part) => part.from < part.to);
}

/** Whether what was between these moments may lie in a gap, wholly or in part. */
export function isNear(gaps: readonly ToldGap[], from: number, to: number): boolean {
  return gaps.some((gap) => to > gap.from - NEAR_MS && from < gap.to + NEAR_MS);
}
