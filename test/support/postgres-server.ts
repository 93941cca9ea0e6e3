import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { StoreOptions } from '../../plugins/stores/postgres/store.ts';
import { freePort } from './free-port.ts';
import { POSTGRES } from './postgres-programs.ts';

/** How long it may take to start, and how long to wait between attempts, in milliseconds. */
const [PATIENCE, PAUSE] = [30_000, 100];

const INITDB = ['-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8'];

/** Where a new data folder is kept to be copied, which takes a tenth of the time that it takes to make one. */
const TEMPLATES = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

let made = 0;

/** A PostgreSQL server in a folder of its own. */
export class PostgresServer {
  /** Its folder, with the socket, and its port. */
  folder = '';
  port = 0;
  readonly #settings: Readonly<Record<string, string>>;
  #user: { readonly uid?: number; readonly gid?: number } = {};
  #server: ChildProcess | undefined;

  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.#settings = settings;
  }

  /** The URL of its database, of an account that may do everything. */
  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** The process that the others are children of; undefined before the first start. */
  get pid(): number | undefined {
    return this.#server?.pid;
  }

  /** Options of a store in an unused schema, with quick answers about failures. */
  options(schema = `s${process.pid}_${++made}`): StoreOptions {
    return { url: this.url, schema, connections: 4, connectTimeout: 2000, statementTimeout: 5000, now: Date.now };
  }

  /** Runs statements as another program would. */
  async query<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Makes it, and starts it for the first time. */
  async create(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'chatserv-pg-'));
    // PostgreSQL does not run as root.
    if (process.getuid?.() === 0) {
      const [uid, gid] = [idOf('-u'), idOf('-g')];
      chownSync(this.folder, uid, gid);
      this.#user = { uid, gid };
    }
    this.#makesData();
    do this.port = await freePort();
    while (!(await this.#starts()).isReady);
  }

  /** Starts it again, once what a killed one has left is over. */
  async start(): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const { isReady, said } = await this.#starts();
      if (isReady) return;
      if (Date.now() > deadline) throw new Error(`PostgreSQL does not start:\n${said}`);
      await after(PAUSE);
    }
  }

  /** @param how SIGINT in order, SIGQUIT or SIGKILL as a crash does */
  async stop(how: 'SIGINT' | 'SIGQUIT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    if (this.#server === undefined || this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const ended = once(this.#server, 'exit');
    this.#server.kill(how);
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    // The processes of a killed one may still be ending.
    if (this.folder !== '') await rm(this.folder, { recursive: true, maxRetries: 20 });
  }

  /** Copies the template of this PostgreSQL; makes both where there is none. */
  #makesData(): void {
    const data = join(this.folder, 'data');
    const version = execFileSync(programOf('postgres'), ['--version'], { encoding: 'utf8' }).match(/[\d.]+/)?.[0];
    const template = join(TEMPLATES, `postgres-${version}-of-${this.#user.uid ?? process.getuid?.()}`);
    if (existsSync(template)) {
      copy(template, data);
      return;
    }
    execFileSync(programOf('initdb'), ['-D', data, ...INITDB], { ...this.#user, cwd: this.folder, stdio: 'ignore' });
    mkdirSync(TEMPLATES, { recursive: true });
    const made = mkdtempSync(`${template}-`);
    copy(data, join(made, 'data'));
    try {
      renameSync(join(made, 'data'), template);
    } catch (cause) {
      // Another test file was quicker.
      if (!existsSync(template)) throw cause;
    }
    rmSync(made, { recursive: true });
  }

  async #starts(): Promise<{ readonly isReady: boolean; readonly said: string }> {
    const defaults = { fsync: 'off', listen_addresses: '127.0.0.1', unix_socket_directories: this.folder };
    const settings = Object.entries({ ...defaults, ...this.#settings, port: String(this.port) });
    const args = ['-D', join(this.folder, 'data'), ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const server = spawn(programOf('postgres'), args, { ...this.#user, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#server = server;
    let said = '';
    return new Promise((resolve) => {
      server.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (!said.includes('ready to accept connections')) return;
        server.stderr.removeAllListeners('data').resume();
        resolve({ isReady: true, said });
      });
      server.once('exit', () => resolve({ isReady: false, said }));
    });
  }
}

/** Copies a folder with its owner. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

function programOf(name: string): string {
  return join(POSTGRES ?? '', name);
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
}
