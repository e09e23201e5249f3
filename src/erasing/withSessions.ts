import type { Plan } from './plan.ts';

/**
 * The plan for a store that erases whole streams only: the streams of sessions that hold something of the person go, with
 * all others who are in them, or stay.
 */
export function withSessions(plan: Plan, whole: boolean): Plan {
  const sessions = plan.mixed.map(({ stream }) => stream);
  if (!whole) return { ...plan, mixed: [], left: plan.mixed.map(({ stream, others }) => ({ stream, others })) };
  return {
    ...plan,
    mixed: [],
    streams: [...plan.streams, ...sessions],
    existing: [...plan.existing, ...sessions],
  };
}
