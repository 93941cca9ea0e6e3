/** A server under measurement, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { echoingIrc, irc } from '../clients/irc.ts';
import { line } from '../clients/line.ts';
import type { Protocol } from '../clients/protocol.ts';
import type { Readings } from '../probes/probe.ts';
import { configOf, exitIoFile, nodeCommand } from './chatserv.ts';
import type { Cores } from './cores.ts';
import { IRC_SERVERS, ircCommand } from './irc.ts';
import { freePort, listensAt } from './ports.ts';
import { cpuOf, ioOf, memoryOf } from './process.ts';
import { isIrc, type Places, type Variant } from './variant.ts';

/** Runs a program with the hard limit of open files. */
const UNLIMITED = ['sh', '-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh'];

/** Running servers and their folders: none may outlive a run that fails. */
const running = new Map<ChildProcess, string>();
process.once('exit', () => {
  for (const [child, folder] of running) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});

export class Server {
  readonly variant: Variant;
  /** Its default protocol. */
  readonly protocol: Protocol;
  /** How many clients can log in at once without delay. */
  readonly loginsAtOnce: number;
  port = 0;
  /** From the start of the process until it listens, in milliseconds. */
  startTime = 0;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #places: Places;
  readonly #printed: Interface;

  private constructor(variant: Variant, child: ChildProcess, folder: string, places: Places) {
    this.variant = variant;
    this.protocol = protocolOf(variant);
    this.loginsAtOnce = IRC_SERVERS[variant.kind]?.loginsAtOnce ?? 50;
    this.#child = child;
    this.#folder = folder;
    this.#places = places;
    this.#printed = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
  }

  /** @returns when it listens */
  static async start(variant: Variant, places: Places, cores: Cores | undefined): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'chatserv-bench-'));
    const ircPort = isIrc(variant) ? await freePort() : undefined;
    const { args, env } =
      ircPort === undefined ? nodeCommand(variant, folder, places) : ircCommand(variant.kind, folder, ircPort);
    const [command = '', ...words] = [...UNLIMITED, ...(cores ? ['taskset', '-c', cores.server] : []), ...args];
    const began = performance.now();
    const child = spawn(command, words, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Not inherited: with a terminal, chatserv takes SIGHUP as the end of it.
    child.stderr.on('data', (bytes: Buffer) => ircPort === undefined && process.stderr.write(bytes));
    running.set(child, folder);
    const server = new Server(variant, child, folder, places);
    if (ircPort === undefined) {
      server.port = Number((await server.prints(/listen\w+ on tcp \S+:(\d+)$/))[1]);
    } else {
      await listensAt(ircPort);
      server.port = ircPort;
    }
    server.startTime = performance.now() - began;
    return server;
  }

  /** Awaits a line on standard output. @throws Error when the server exits first */
  async prints(pattern: RegExp): Promise<RegExpMatchArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>();
    const read = (text: string) => {
      const found = text.match(pattern);
      if (found) resolve(found);
    };
    const ended = () => reject(new Error(`${this.variant.kind} exited before it printed ${pattern}`));
    this.#printed.on('line', read);
    this.#child.once('close', ended);
    return promise.finally(() => {
      this.#printed.off('line', read);
      this.#child.off('close', ended);
    });
  }

  /** Collects its garbage and reads its probe. @returns undefined for an IRC server */
  async probe(): Promise<Readings | undefined> {
    if (isIrc(this.variant)) return undefined;
    const printed = this.prints(/^probe (.*)/);
    this.#child.kill('SIGUSR2');
    return JSON.parse((await printed)[1] ?? '') as Readings;
  }

  /** Reloads it with another config. */
  async reload(variant: Variant): Promise<void> {
    const config = join(this.#folder, 'chatserv.config.json');
    writeFileSync(config, JSON.stringify(configOf(variant, this.#folder, this.#places)));
    const reloaded = this.prints(/reloaded/);
    this.#child.kill('SIGHUP');
    await reloaded;
  }

  /** CPU time of all its threads, in microseconds. */
  cpu(): number {
    return cpuOf(this.#pid);
  }

  /** Its resident memory, in KB. */
  memory(): number {
    return memoryOf(this.#pid);
  }

  /** Bytes written to files; the system counts them as pages become dirty. */
  written(): number {
    return writtenOf(ioOf(this.#pid));
  }

  get #pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Kills it without a chance to say goodbye. */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
    this.#remove();
  }

  /** Rows in all tables of its store. */
  rows(): number {
    const file = readdirSync(this.#folder, { recursive: true }).find((name) => String(name).endsWith('.db'));
    using db = new DatabaseSync(join(this.#folder, String(file)), { readOnly: true });
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
    return tables.reduce(
      (rows, { name }) => rows + Number(db.prepare(`SELECT count(*) AS n FROM "${name}"`).get()?.n),
      0,
    );
  }

  /** Stops it. @returns all bytes written, including the last checkpoint; NaN without a probe */
  async stop(): Promise<number> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
    const exitIo = exitIoFile(this.#folder);
    const written = existsSync(exitIo) ? writtenOf(readFileSync(exitIo, 'utf8')) : Number.NaN;
    this.#remove();
    return written;
  }

  #remove(): void {
    running.delete(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function protocolOf(variant: Variant): Protocol {
  if (!isIrc(variant) && variant.codec !== 'irc') return line;
  return variant.echoes ? echoingIrc : irc;
}

const writtenOf = (io: string): number => Number(io.match(/^write_bytes: (\d+)/m)?.[1]);
