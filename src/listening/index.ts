export { backlogOf } from './journal/backlog.ts';
export { Journal } from './journal/journal.ts';
export { type Listener, type ListenerOptions, type ListenerState, startListener } from './listener.ts';
export { MAX_STORING, MAX_UNWRITTEN, MemoryBudget, type MemoryShare } from './memoryBudget.ts';
export { type PbxFact, pbxFactOf } from './pbxFact.ts';
export { CallRouting } from './routing.ts';
export type { Sharing, Turn } from './sharing/sharing.ts';
export { type Words, wordsSchema } from './sharing/words.ts';
export type { UnendedCall } from './unendedCalls.ts';
