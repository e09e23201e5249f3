export { type LiveSourceOptions, liveSource } from './liveSource.ts';
export { type PastCall, pastSource } from './pastSource.ts';
export { type ProbeOptions, type ProbeReport, probe } from './probe.ts';
export { recordingSource } from './recording.ts';
export { createRecordingWriter, type RecordingWriter } from './recordingWriter.ts';
export { createReplayServer, type ReplayServer, type ReplayServerOptions } from './replayServer.ts';
export { pseudonymisedTranscript } from './transcript.ts';
