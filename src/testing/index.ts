/** The test kit for plugins: a server in memory, clients, and a clock that the test advances. */
export { VirtualClock } from './clock.ts';
export { JsonClient } from './json-client.ts';
export { LineClient, type LineClientOptions } from './line-client.ts';
export { connectedPair } from './memory-transport.ts';
export { type Logged, PASSWORD, startServer, type TestPlugins, TestServer } from './server.ts';
export { playTranscript, type TranscriptProgram, type TranscriptPrograms } from './transcript.ts';
