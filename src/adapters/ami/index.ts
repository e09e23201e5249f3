export { type LiveSourceOptions, liveSource } from './liveSource.ts';
export { type ProbeOptions, type ProbeReport, probe } from './probe.ts';
export { recordingSource } from './recording.ts';
export { createRecordingWriter, type RecordingWriter } from './recordingWriter.ts';
export { createReplayServer, type ReplayServer, type ReplayServerOptions } from './replayServer.ts';
export { CallRouting } from './routing.ts';
export { createTranslator, type PbxFact, type Translator } from './translation.ts';
