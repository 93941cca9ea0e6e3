import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';
import type { ServerFacts } from 'chatserv';
import type { LineClient } from 'chatserv/testing';
import { type Program, type ProgramConfig, startProgram } from './program.ts';

/** How long what is awaited may take on a busy machine, in milliseconds. */
const PATIENCE = 60_000;

/** No limit on what one client may send. */
export const UNPACED = { linesPerSecond: 0, bytesPerSecond: 0 };

/** Nobody is exempt from the limits of networks, also not this machine. */
export const NO_EXEMPTION = { exempt: [] as string[] };

/** Starts the real program as an attack wants it. @param config laid over the standard set */
export function startTarget(config: { plugins?: object; limits?: object } = {}): Promise<Program> {
  return startProgram({
    plugins: config.plugins,
    limits: config.limits as ProgramConfig['limits'],
    log: { level: 'error' },
  } as ProgramConfig);
}

/** A connection that keeps what comes, and shrugs at what breaks. */
export class Raw {
  readonly socket: Socket;
  #chunks: Buffer[] = [];
  #text = '';
  #closed = false;

  /** @param more what the socket is made with, beside */
  constructor(program: Pick<Program, 'host' | 'port'>, localAddress?: string, more: Partial<TcpNetConnectOpts> = {}) {
    this.socket = connect({
      ...more,
      host: program.host,
      port: program.port,
      noDelay: true,
      ...(localAddress !== undefined && { localAddress }),
    });
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.socket.once('close', () => {
      this.#closed = true;
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What has come, as text. */
  get said(): string {
    if (this.#chunks.length > 1 || this.#text === '') {
      const whole = Buffer.concat(this.#chunks);
      this.#chunks = [whole];
      this.#text = whole.toString();
    }
    return this.#text;
  }

  /** The last bytes that have come. */
  get tail(): Buffer {
    return Buffer.concat(this.#chunks).subarray(-16);
  }

  writes(bytes: string | Buffer): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** Writes, and waits while more waits than the system takes. */
  async pushes(bytes: Buffer): Promise<void> {
    this.writes(bytes);
    while (this.socket.writableNeedDrain && !this.#closed) await new Promise(setImmediate);
  }

  /** Awaits that what has come fits. @returns all that has come */
  async sees(pattern: RegExp): Promise<string> {
    await until(
      `${pattern}`,
      () => pattern.test(this.said),
      () => this.said.slice(-500),
    );
    return this.said;
  }

  /** Awaits the end of the connection. @returns all that has come */
  async ends(): Promise<string> {
    await until('the end of the connection', () => this.#closed);
    return this.said;
  }

  async closes(): Promise<void> {
    this.socket.destroy();
    await this.ends();
  }
}

/** Opens so many connections, some at a time. @param localAddress where each comes from @param more see `Raw` */
export async function opens(
  program: Pick<Program, 'host' | 'port'>,
  count: number,
  localAddress?: (index: number) => string,
  more?: Partial<TcpNetConnectOpts>,
): Promise<Raw[]> {
  const AT_ONCE = 200;
  const all: Raw[] = [];
  while (all.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - all.length) }, (_, i) => {
      return new Raw(program, localAddress?.(all.length + i), more);
    });
    all.push(...some);
    await Promise.all(
      some.map(({ socket }) => (socket.pending ? new Promise((done) => settles(socket, done)) : undefined)),
    );
  }
  return all;
}

function settles(socket: Socket, done: (value: unknown) => void): void {
  socket.once('connect', done);
  socket.once('close', done);
}

/** Where the program listens, with the transport of that name. */
export async function placeOf(program: Program, transport: string): Promise<{ host: string; port: number }> {
  const [, host = '', port] = await program.prints(new RegExp(`^chatserv listens on ${transport} (\\S+):(\\d+)$`, 'm'));
  return { host, port: Number(port) };
}

/** Memory that the program holds, in MB. */
export function memoryOf({ pid }: Program): number {
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;
}

/** How many descriptors of sockets the program has. It may still open files: threads that it has started are slow to come. */
export function socketsOf({ pid }: Program): number {
  const folder = `/proc/${pid}/fd`;
  const isSocket = (descriptor: string) => {
    try {
      return readlinkSync(join(folder, descriptor)).startsWith('socket:');
    } catch {
      // Closed in the meantime.
      return false;
    }
  };
  return readdirSync(folder).filter(isSocket).length;
}

/** What the program says of itself, over its control socket. */
export async function factsOf(program: Program): Promise<ServerFacts> {
  const socket = connect(join(program.folder, 'data/chatserv.sock'));
  socket.end('{"request":"facts"}\n');
  return (JSON.parse(await text(socket)) as { result: ServerFacts }).result;
}

/** Awaits what becomes true soon and is not announced. @param what it waits for @param seen what there is instead */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seen: () => string = () => '',
): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE} ms for ${what}; ${seen()}`);
    await after(10);
  }
}

/** The most memory that the program holds while something is done, in MB above what it held before. */
export async function growthDuring(program: Program, work: () => Promise<void>): Promise<number> {
  const before = memoryOf(program);
  let most = before;
  const looks = setInterval(() => {
    most = Math.max(most, memoryOf(program));
  }, 20);
  try {
    await work();
  } finally {
    clearInterval(looks);
  }
  return Math.max(most, memoryOf(program)) - before;
}

/** From the sending of a message till the other has it, so many times, in milliseconds, sorted. */
export async function latencies(from: LineClient, to: LineClient, times: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await from.says(`message ${to.name} ping ${i}`);
    await to.hears(from.name, `ping ${i}`);
    found.push(performance.now() - began);
    await from.sees('sent:');
  }
  return found.sort((a, b) => a - b);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
