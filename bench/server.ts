/** Starts the servers that are measured, each a process of its own, and reads what they cost from the system. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']));

/** Those that run, so that none outlives a run that fails. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * `bare` keeps nothing, `durable` is the same with one insert a message; `memory` and `sqlite` are chatserv with that
 * store; `before` is another checkout of chatserv, with sqlite.
 */
export type Kind = 'bare' | 'durable' | 'memory' | 'sqlite' | 'before';

export class Server {
  readonly kind: Kind;
  readonly port: number;
  /** From the start of the process until it listens, in milliseconds. */
  readonly startTime: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(kind: Kind, port: number, startTime: number, child: ChildProcess, folder: string) {
    this.kind = kind;
    this.port = port;
    this.startTime = startTime;
    this.#child = child;
    this.#folder = folder;
  }

  /** @param flags of Node's @param before the folder of the other checkout */
  static async start(kind: Kind, flags: readonly string[] = [], before = ''): Promise<Server> {
    const root = kind === 'before' ? before : ROOT;
    const folder = mkdtempSync(join(tmpdir(), 'chatserv-bench-'));
    const config = join(folder, 'chatserv.config.json');
    const plugins = {
      tcp: { port: 0 },
      http: { port: 0 },
      [join(root, 'test/support/open-door.ts')]: true,
      [join(root, 'bench/measure.ts')]: true,
      ...(kind === 'memory' && { sqlite: false, memory: true }),
    };
    writeFileSync(
      config,
      JSON.stringify({ plugins, log: { level: 'warn' }, limits: { linesPerSecond: 0, bytesPerSecond: 0 } }),
    );
    const args = {
      bare: [join(ROOT, 'bench/bare-server.ts')],
      durable: [join(ROOT, 'bench/bare-server.ts'), join(folder, 'bare.db')],
    }[kind as string] ?? [join(root, 'src/cli/bin.ts'), '--config', config];
    const began = performance.now();
    const child = spawn(process.execPath, ['--expose-gc', ...flags, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const [, port] = line.match(/listens on tcp \S+:(\d+)$/) ?? [];
      if (port !== undefined) return new Server(kind, Number(port), performance.now() - began, child, folder);
    }
    throw new Error(`${kind} ended before it listened`);
  }

  /** CPU that the process has used, all of its threads, in microseconds. */
  cpu(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND;
  }

  /** Memory that the process holds, in KB. */
  memory(): number {
    return Number(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]);
  }

  /** Bytes that the process has written to files, as the system counts them when pages are made dirty. */
  written(): number {
    return Number(readFileSync(`/proc/${this.#child.pid}/io`, 'utf8').match(/^write_bytes: (\d+)/m)?.[1]);
  }

  /** Rows in all tables of the store. */
  rows(): number {
    const file = readdirSync(this.#folder, { recursive: true }).find((name) => String(name).endsWith('.db'));
    using db = new DatabaseSync(join(this.#folder, String(file)), { readOnly: true });
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
    return tables.reduce(
      (rows, { name }) => rows + Number(db.prepare(`SELECT count(*) AS n FROM "${name}"`).get()?.n),
      0,
    );
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
    running.delete(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
