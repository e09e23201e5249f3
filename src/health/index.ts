export { livingServers } from './assessServers.ts';
export { type Compared, differencesOf } from './compareServers.ts';
export { type HealthOptions, HealthWatch } from './healthWatch.ts';
export { GAPS_OF_SECONDS } from './limits.ts';
export type { Known } from './measures.ts';
export { ADVICE, WRITE_CLASS } from './pbxAdvice.ts';
export { shownPbx } from './whoListens.ts';
export { bytesInWords } from './words.ts';
