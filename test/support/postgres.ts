import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { StoreOptions } from '../../plugins/stores/postgres/store.ts';
import { POSTGRES } from './postgres-programs.ts';

/** A PostgreSQL server for the tests of one file. */
export interface PostgresServer {
  /** The URL of its database, of an account that may do everything. */
  readonly url: string;
  /** Its folder, with the socket, and its port. */
  readonly folder: string;
  readonly port: number;
  /** Options of a store in an unused schema, with quick answers about failures. */
  options(schema?: string): StoreOptions;
  /** Runs statements as another program would. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  start(): Promise<void>;
  stop(how?: 'SIGINT' | 'SIGQUIT'): Promise<void>;
}

let made = 0;

/** Starts a server before the tests of a file, and stops it after them. Call it where `POSTGRES` is there. */
export function usePostgres(settings: Readonly<Record<string, string>> = {}): PostgresServer {
  // A skipped test file calls this too, where there may be neither the programs nor their user.
  let folder = '';
  let port = 0;
  let user: { readonly uid?: number; readonly gid?: number } = {};
  let server: ChildProcess | undefined;
  const program = (name: string) => join(POSTGRES ?? '', name);

  const tools: PostgresServer = {
    get folder() {
      return folder;
    },
    get port() {
      return port;
    },
    get url() {
      return `postgres://postgres@127.0.0.1:${port}/postgres`;
    },
    options: (schema = `s${process.pid}_${++made}`) => ({
      url: tools.url,
      schema,
      connections: 4,
      connectTimeout: 2000,
      statementTimeout: 5000,
      now: Date.now,
    }),
    async query<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) {
      const client = new pg.Client({ connectionString: tools.url });
      await client.connect();
      try {
        return (await client.query<Row>(sql, [...values])).rows;
      } finally {
        await client.end();
      }
    },
    async start() {
      const all = { fsync: 'off', listen_addresses: '127.0.0.1', unix_socket_directories: folder, ...settings };
      const args = Object.entries({ ...all, port: String(port) }).flatMap(([name, value]) => [
        '-c',
        `${name}=${value}`,
      ]);
      server = spawn(program('postgres'), ['-D', join(folder, 'data'), ...args], {
        ...user,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      for await (const chunk of server.stderr ?? []) if (String(chunk).includes('ready to accept connections')) break;
    },
    async stop(how = 'SIGINT') {
      if (server === undefined || server.exitCode !== null) return;
      const ended = once(server, 'exit');
      server.kill(how);
      await ended;
    },
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chatserv-pg-'));
    // PostgreSQL does not run as root.
    if (process.getuid?.() === 0) {
      const owner = { uid: idOf('-u'), gid: idOf('-g') };
      chownSync(folder, owner.uid, owner.gid);
      user = owner;
    }
    port = await freePort();
    const args = [
      '-D',
      join(folder, 'data'),
      '-U',
      'postgres',
      '-A',
      'trust',
      '--no-sync',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
    ];
    execFileSync(program('initdb'), args, { ...user, cwd: folder, stdio: 'ignore' });
    await tools.start();
  }, 60_000);
  afterAll(async () => {
    await tools.stop();
    rmSync(folder, { recursive: true });
  });
  return tools;
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
