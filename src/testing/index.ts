/** What a test of a plugin needs: a server in memory, clients with verbs, and a clock that the test moves. */
export { VirtualClock } from './clock.ts';
export { JsonClient } from './json-client.ts';
export { LineClient, type LineClientOptions } from './line-client.ts';
export { connectedPair } from './memory-transport.ts';
export { type Logged, PASSWORD, startServer, type TestPlugins, TestServer } from './server.ts';
export { playTranscript } from './transcript.ts';
