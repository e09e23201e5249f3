export { carryOut, type Erased, finishErasures } from './carryOut.ts';
export { type Plan, planErasure } from './plan.ts';
export { withSessions } from './withSessions.ts';
