export { type Listener, type ListenerOptions, type ListenerState, startListener } from './listener.ts';
export { MemoryBudget } from './memoryBudget.ts';
export { CallRouting } from './routing.ts';
export { createTranslator, type PbxFact, type Translator } from './translation.ts';
export type { UnendedCall } from './unendedCalls.ts';
