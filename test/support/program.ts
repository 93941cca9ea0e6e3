import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Difference, ServerFacts } from 'chatserv';
import { Reachable } from './reachable.ts';

export { PASSWORD } from 'chatserv/testing';

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

/** How long the program may take to listen or to end, in milliseconds, and each of several processes in addition. */
const PATIENCE = 45_000;

/** The cheapest hash, for tests in which its strength does not matter: it takes a sixth of the default's time. */
const CHEAP = { memory: 8192, passes: 1 };

/** A config's `plugins` and `limits`, as JSON. */
export interface ProgramConfig {
  readonly plugins?: Readonly<Record<string, unknown>>;
  readonly limits?: Readonly<Record<string, number | readonly string[]>>;
  readonly log?: Readonly<Record<string, unknown>>;
}

/** What a program is started with, beside its config. */
export interface ProgramOptions {
  /** Set for the program, beside what the tests' own environment says. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its file, where it is not the source's. */
  readonly bin?: string;
  /** More words of its command line. */
  readonly args?: readonly string[];
  /** In how many processes it serves; by default in itself alone. */
  readonly processes?: number;
  /** A signal that the program ignores from its start. */
  readonly ignores?: NodeJS.Signals;
  /** How many files the system lets it have open. */
  readonly openFiles?: number;
  /** Where its standard error goes, if it is not to be read: a file's path. */
  readonly stderr?: string;
  /** Listening sockets that are handed to it as a service manager does: file descriptors by name. */
  readonly sockets?: Readonly<Record<string, number>>;
  /** Files in the config's folder, by name: a plugin of the user's, say. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The programs that run, for the exit of a test process that could not dispose of them. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts the real program from its command line, in a new folder of its own, on a port that the system picks.
 * `await using` ends it, its clients and its folder.
 * @param config laid over the standard set
 */
export async function startProgram(config: ProgramConfig = {}, options: ProgramOptions = {}): Promise<Program> {
  const program = await makeProgram(config, options);
  try {
    await program.start();
  } catch (cause) {
    await program[Symbol.asyncDispose]();
    throw cause;
  }
  return program;
}

/** Makes the folder of a program that is started later, or only shares its config with command lines. */
export async function makeProgram(config: ProgramConfig = {}, options: ProgramOptions = {}): Promise<Program> {
  const program = new Program(await mkdtemp(join(tmpdir(), 'chatserv-e2e-')), options);
  await program.configures(config);
  for (const [name, text] of Object.entries(options.files ?? {})) await program.writes(name, text);
  return program;
}

/** The program, in a folder that outlives its processes. */
export class Program extends Reachable {
  readonly folder: string;
  /** What it said on stdout and stderr, over all of its starts. */
  stdout = '';
  stderr = '';
  readonly #options: ProgramOptions;
  #hasControl = true;
  /** Where its control socket is. */
  #control = '';
  #child: ChildProcess | undefined;
  #exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }> | undefined;

  constructor(folder: string, options: ProgramOptions) {
    super();
    this.folder = folder;
    this.#options = options;
  }

  /** The id of its process. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** How long to wait for something of it, in milliseconds. */
  get patience(): number {
    return PATIENCE * (1 + (this.#options.processes ?? 0));
  }

  get configFile(): string {
    return join(this.folder, 'chatserv.config.json');
  }

  /** Writes its config. */
  async configures(config: ProgramConfig): Promise<void> {
    const plugins = {
      tcp: { host: '127.0.0.1', port: 0 },
      http: { port: 0 },
      sqlite: { file: 'chat.db' },
      password: CHEAP,
      ...config.plugins,
    };
    // That a busy machine gave the program no time is no failure of the program's to be logged.
    const limits = { eventLoopStall: 30_000, ...config.limits };
    this.#hasControl = config.plugins?.control !== false;
    await writeFile(this.configFile, JSON.stringify({ ...config, plugins, limits }, undefined, 2));
  }

  /** Writes a file into its folder. */
  async writes(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  /** Has it reload, over its control socket. @returns the difference, or what is wrong */
  async reloads(): Promise<{ result?: Difference; errors?: string[] }> {
    return (await this.#controls('reload')) as { result?: Difference; errors?: string[] };
  }

  /** Asks it for its counts, over its control socket. */
  async facts(): Promise<ServerFacts> {
    return (await this.#controls('facts')).result as ServerFacts;
  }

  async #controls(request: string): Promise<{ readonly result?: unknown }> {
    const socket = connect(this.#control);
    socket.end(`${JSON.stringify({ request })}\n`);
    return JSON.parse(await text(socket)) as { readonly result?: unknown };
  }

  /** Resolves once every plugin has started; never where the program ends before. */
  async #serving(): Promise<void> {
    if (!this.#hasControl) return;
    for (let state = 'starting'; state !== 'serving'; ) {
      const { result } = await this.#controls('facts').catch(() => ({ result: undefined }));
      state = (result as { readonly state: string } | undefined)?.state ?? 'ended';
      if (state !== 'serving' && state !== 'starting') await new Promise(() => {});
    }
  }

  /** Reads its stdout no more: what it says there fails. */
  stopsReading(): void {
    this.#child?.stdout?.destroy();
  }

  /** Sends it a signal that does not end it. */
  signals(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Awaits that it says something on stdout. */
  prints(pattern: RegExp): Promise<RegExpMatchArray> {
    return this.#said('stdout', pattern);
  }

  /** Awaits that it says something on stderr. */
  complains(pattern: RegExp): Promise<RegExpMatchArray> {
    return this.#said('stderr', pattern);
  }

  async #said(where: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpMatchArray> {
    const deadline = Date.now() + this.patience;
    for (;;) {
      const found = this[where].match(pattern);
      if (found) return found;
      if (this.#child === undefined || Date.now() > deadline) {
        throw new Error(`it did not say ${pattern}:\n${this.stdout}\n${this.stderr}`);
      }
      const more = new AbortController();
      const stream = this.#child[where] as NodeJS.ReadableStream;
      const late = after(this.patience, undefined, { signal: more.signal }).catch(() => {});
      await Promise.race([once(stream, 'data', { signal: more.signal }).catch(() => {}), late]);
      more.abort();
    }
  }

  /** Starts it, again after `stop` or `kill`. @returns when it listens everywhere */
  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error('the program runs already');
    const { env = {}, ignores, openFiles, sockets = {}, bin = BIN, args: more = [], stderr } = this.#options;
    const { processes } = this.#options;
    const several = processes === undefined ? [] : ['--processes', `${processes}`];
    const words = [process.execPath, bin, '--config', this.configFile, ...several, ...more];
    // What a shell ignores its successor ignores, and the successor has its process id.
    const first = ignores ? `trap '' ${ignores}` : 'export LISTEN_PID=$$';
    const before = openFiles === undefined ? first : `ulimit -n ${openFiles}; ${first}`;
    const [command = '', ...args] = ['sh', '-c', `${before}; exec "$@" ${stderr ? `2>${stderr}` : ''}`, 'sh', ...words];
    const names = Object.keys(sockets);
    const handing = names.length > 0 && { LISTEN_FDS: `${names.length}`, LISTEN_FDNAMES: names.join(':') };
    const child = spawn(command, args, {
      cwd: this.folder,
      // Tests look for what goes wrong; what goes well would hide it.
      env: { ...inheritedEnvironment(), LOG_LEVEL: 'warn', ...handing, ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...Object.values(sockets)],
    });
    this.#child = child;
    running.add(child);
    const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      child.once('error', reject);
      // 'close' and not 'exit': then all that it wrote has been read.
      child.once('close', (code, signal) => resolve({ code, signal }));
    }).finally(() => {
      running.delete(child);
      this.#child = undefined;
    });
    this.#exit = exit;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    const serving = this.#listening(child).then(() => this.#serving());
    await within('listening', this, Promise.race([serving, exit.then(endedEarly)]));
  }

  /** Sends a signal and awaits the end. @returns the exit code, null when the signal killed it */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child === undefined || this.#exit === undefined) throw new Error('the program does not run');
    this.#child.kill(signal);
    return (await within(`its end after ${signal}`, this, this.#exit)).code;
  }

  /** Awaits that it ends by itself. @returns the exit code */
  async ends(): Promise<number | null> {
    if (this.#exit === undefined) throw new Error('the program does not run');
    return (await within('its end', this, this.#exit)).code;
  }

  /** Ends it as a power cut would: with SIGKILL. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== undefined) await this.kill();
    await this.closesClients();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #listening(child: ChildProcess): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
    lines.on('line', (line) => {
      this.stdout += `${line}\n`;
      const [, transport, place = '', port] = line.match(/^chatserv listens on (\S+) (.+?)(?::(\d+))?$/) ?? [];
      if (transport === 'tcp') {
        this.host = place.replace(/^\[|\]$/g, '');
        this.port = Number(port);
      }
      if (transport === 'control') this.#control = place;
      // The control socket is the last of the standard set to listen.
      if (transport === (this.#hasControl ? 'control' : 'tcp')) resolve();
    });
    await promise;
  }
}

function endedEarly({ code, signal }: { code: number | null; signal: NodeJS.Signals | null }): never {
  throw new Error(`the program ended before it listened: ${signal ?? `exit code ${code}`}`);
}

/** The environment without what would change the program, or is meant for the tests' own process. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const { TIME_OUT, BLOCK_TIME, NODE_OPTIONS, NODE_V8_COVERAGE, ...rest } = process.env;
  return rest;
}

/** Awaits something of the program, with a time limit; what fails is told with what the program said. */
async function within<T>(what: string, program: Program, awaited: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const { patience } = program;
  const timer = setTimeout(() => reject(new Error(`waited ${patience} ms for ${what}`)), patience);
  try {
    return await Promise.race([awaited, late]);
  } catch (cause) {
    const said = program.stderr === '' ? '(nothing)' : program.stderr;
    throw new Error(`${cause instanceof Error ? cause.message : cause}\n\nits stderr:\n${said}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
