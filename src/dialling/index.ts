export { type ActingDeps, beginCalls } from './acting.ts';
export { createDialling } from './asking.ts';
