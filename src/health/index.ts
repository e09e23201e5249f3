export { shownPbx } from './assessPbx.ts';
export { type HealthOptions, HealthWatch } from './healthWatch.ts';
export type { Known, Questions } from './measures.ts';
export { ADVICE, CDR_FILE, CDR_SETTING, GENERAL_SECTION, MANAGER_FILE, MANAGER_USERS } from './pbxAdvice.ts';
