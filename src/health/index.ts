export { shownPbx } from './assessPbx.ts';
export { type HealthOptions, HealthWatch } from './healthWatch.ts';
export { GAPS_OF_SECONDS } from './limits.ts';
export type { Known, Questions } from './measures.ts';
export { ADVICE, WRITE_CLASS } from './pbxAdvice.ts';
export { bytesInWords } from './words.ts';
