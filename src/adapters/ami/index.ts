export { recordingSource } from './recording.ts';
export { CallRouting } from './routing.ts';
export { createTranslator, type PbxFact, type Translator } from './translation.ts';
