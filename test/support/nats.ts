import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll } from 'vitest';
import { NATS } from './nats-program.ts';

/** A NATS server for the tests of one file. */
export interface NatsServer {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server with JetStream before the tests of a file, and stops it after them. Call it where `NATS` is there. */
export function useNats(): NatsServer {
  const folder = mkdtempSync(join(tmpdir(), 'chatserv-nats-'));
  // It picks one.
  let port = '-1';
  let server: ChildProcess | undefined;
  const tools: NatsServer = {
    get url() {
      return `nats://127.0.0.1:${port}`;
    },
    async start() {
      server = spawn(NATS ?? '', ['--addr', '127.0.0.1', '--port', port, '--jetstream', '--store_dir', folder], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const lines = createInterface({ input: server.stderr as NonNullable<ChildProcess['stderr']> });
      for await (const line of lines) {
        port = line.match(/Listening for client connections on \S+:(\d+)/)?.[1] ?? port;
        if (line.includes('Server is ready')) break;
      }
      server.stderr?.resume();
    },
    async stop() {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
  };
  beforeAll(() => tools.start());
  afterAll(async () => {
    await tools.stop();
    rmSync(folder, { recursive: true });
  });
  return tools;
}
