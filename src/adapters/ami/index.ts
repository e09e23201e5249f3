export { createRecordingWriter, type RecordingWriter } from './recordings/recordingWriter.ts';
export { pseudonymisedTranscript } from './recordings/transcript.ts';
export { type PastCall, pastSource } from './replay/pastSource.ts';
export { createReplayServer, type ReplayServer, type ReplayServerOptions } from './replay/replayServer.ts';
export { askedOf, writeClassesOf } from './session/account.ts';
export { type LiveSourceOptions, liveSource } from './session/liveSource.ts';
export { type CallsSeen, type ProbeOptions, type ProbeReport, probe } from './session/probe.ts';
export { speaksTls } from './session/speaksTls.ts';
