import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { NATS } from './nats-program.ts';

/** How often another port is tried. */
const ATTEMPTS = 20;

/** A NATS server with JetStream. */
export class NatsServer {
  port = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), 'chatserv-nats-'));
  readonly #more: readonly string[];
  #server: ChildProcess | undefined;

  /** @param more words of its command line */
  constructor(more: readonly string[] = []) {
    this.#more = more;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Its process; undefined before the first start. */
  get pid(): number | undefined {
    return this.#server?.pid;
  }

  /** Starts it, after the first time on the same port. */
  async start(): Promise<void> {
    if (this.port > 0) {
      if (await this.#starts()) return;
      throw new Error(`NATS does not start on its port ${this.port} again`);
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      this.port = await freePort();
      if (await this.#starts()) return;
    }
    throw new Error('NATS does not start');
  }

  /** Kills it. */
  async stop(): Promise<void> {
    if (this.#server === undefined || this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const ended = once(this.#server, 'exit');
    this.#server.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true });
  }

  /** @returns whether it is ready; false if it ended before */
  #starts(): Promise<boolean> {
    const args = ['--addr', '127.0.0.1', '--port', String(this.port), '--jetstream', '--store_dir', this.#folder];
    const server = spawn(NATS ?? '', [...args, ...this.#more], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#server = server;
    let said = '';
    return new Promise((resolve) => {
      server.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (!said.includes('Server is ready')) return;
        server.stderr.removeAllListeners('data').resume();
        resolve(true);
      });
      server.once('exit', () => resolve(false));
    });
  }
}
