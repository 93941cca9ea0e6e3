import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { definePlugin } from '../host/define.ts';
import type { Limits } from '../host/limits.ts';
import { Accounts } from '../services/accounts.ts';
import { JsonClient } from './json-client.ts';
import type { LineClient } from './line-client.ts';
import { isPlugin, PASSWORD, startServer, type TestPlugins, type TestServer } from './server.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** An unknown command, whose error shows that nothing else was sent before it. */
const BARRIER = 'transcript-barrier';

/** A program in a transcript that is not a chat client, such as one that makes HTTP requests. */
export interface TranscriptProgram {
  /** Carries out a line, such as `localhost:4180/online` of `curl> localhost:4180/online`. */
  says(line: string): unknown;
  /** Awaits the program's next line. @param what the line that the transcript expects, for error messages */
  next(what: string): Promise<string>;
}

/** The programs of a transcript, by their names in it: each is started when it is first named. */
export type TranscriptPrograms = Readonly<Record<string, (server: TestServer) => TranscriptProgram>>;

/** A client in a transcript. */
interface Actor {
  readonly name: string;
  readonly client: LineClient | JsonClient;
  readonly session: number;
  /** Whether it is logged in. */
  online: boolean;
}

/**
 * Plays a transcript against a server in memory. docs/plugins/testing.md describes the format.
 * @param file its path
 * @param plugins plugins that its `config:` lines may name besides the standard ones, or options of standard ones
 * @param programs actors that are not chat clients
 * @throws at the first line that does not match; the message shows the line, what it expects and what the server sent
 */
export async function playTranscript(
  file: string,
  plugins: TestPlugins = {},
  programs: TranscriptPrograms = {},
): Promise<void> {
  let line = 0;
  const lines = (await readFile(file, 'utf8')).split('\n').map((text) => text.trimEnd());
  await using play = new Play(plugins, programs);
  try {
    for (const text of lines) {
      line++;
      if (text !== '' && !text.startsWith('#')) await play.run(text);
    }
    await play.finish();
  } catch (cause) {
    const message = `${basename(file)}:${line}: ${lines[line - 1]}\n${(cause as Error).message}`;
    // A test runner shows the source at the top of the stack.
    throw Object.assign(new Error(message), { stack: `Error: ${message}\n    at transcript (${file}:${line}:1)` });
  }
}

/** A transcript that is being played: its server and its clients. */
class Play {
  readonly #available: TestPlugins;
  readonly #programs: TranscriptPrograms;
  readonly #running = new Map<string, TranscriptProgram>();
  /** The config: plugins, and `limits`. */
  readonly #config: Record<string, boolean | object> = {};
  /** The sessions whose `onDisconnect` handlers have all run. */
  readonly #ended = new Set<number>();
  readonly #actors = new Map<string, Actor>();
  /** What `"$name"` stands for in the lines of json clients. */
  readonly #values = new Map<string, unknown>();
  /** It starts at the first line that is not `config:`. */
  #server!: TestServer;
  #sessions: () => Iterable<{ readonly id: number }> = () => [];

  constructor(available: TestPlugins, programs: TranscriptPrograms) {
    this.#available = available;
    this.#programs = programs;
  }

  async run(line: string): Promise<void> {
    const [, setting, value = ''] = line.match(/^(config|users|clock): *(.+)$/) ?? [];
    if (setting === 'config') return this.#configure(value);
    this.#server ??= await this.#start();
    const typed = line.replace(/\{(.)\*(\d+)\}/gu, (_, character: string, times) => character.repeat(Number(times)));
    const [, speaker, sign, text = ''] = typed.match(/^([\w/-]+)([<>]) *(.*)$/) ?? [];
    const program = this.#program(speaker);
    if (program !== undefined && sign === '>') return void (await program.says(text));
    if (program !== undefined) return this.#check(await program.next(text), text);
    if (sign === '>') return this.#send(this.#actor(speaker), text);
    if (sign === '<' && text === 'nothing') return this.#silent(this.#actor(speaker));
    if (sign === '<') return this.#expect(this.#actor(speaker), text);
    if (setting === 'users') return this.#register(value.split(/, */));
    const [, amount, unit = ''] = (setting === 'clock' && value.match(/^\+(\d+)([smhd])$/)) || [];
    if (amount !== undefined) return this.#server.clock.advance(Number(amount) * (SECONDS[unit] ?? 0));
    if (line === 'the server stops') return this.#server.host.stop('shutdown');
    const [, newcomer, how, codec, address] =
      line.match(/^([\w/-]+) (connects|logs in)(?: speaking (json|classic))?(?: from (\S+))?$/) ?? [];
    if (newcomer !== undefined) return this.#connect(newcomer, codec, address, how === 'logs in');
    const [, leaver, end] = line.match(/^([\w/-]+) (disconnects|is disconnected)$/) ?? [];
    if (end !== undefined) return this.#depart(this.#actor(leaver), end === 'disconnects');
    throw new Error('This is not a line of a transcript: see docs/plugins/testing.md.');
  }

  /** Proves that the transcript shows everything that its clients received. */
  async finish(): Promise<void> {
    for (const actor of this.#actors.values()) if (actor.online) await this.#silent(actor);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  #start(): Promise<TestServer> {
    const witness = definePlugin({
      name: 'witness',
      summary: 'Notes the sessions that have ended',
      setup: ({ server }) => {
        this.#sessions = () => server.sessions();
        return { hooks: { onDisconnect: { order: 'post', handler: ({ id }) => void this.#ended.add(id) } } };
      },
    });
    const { limits = {}, ...plugins } = this.#config;
    return startServer({ ...plugins, witness }, limits as Partial<Limits>);
  }

  #configure(text: string): void {
    if (this.#server !== undefined)
      throw new Error('The server is running already: move this line up, before the first line that is not config.');
    const [, name, option, value = ''] = text.match(/^([\w-]+)(?:\.(\w+))? = (.+)$/) ?? [];
    if (name === undefined) for (const one of text.split(/, */)) this.#config[one] = this.#available[one] ?? true;
    else if (option === undefined) this.#config[name] = JSON.parse(value) as boolean | object;
    else {
      const { [name]: entry = true } = { ...this.#available, ...this.#config };
      if (isPlugin(entry)) throw new Error(`${name} is a plugin of the test: give it options there, with withOptions.`);
      this.#config[name] = { ...(typeof entry === 'object' && entry), [option]: JSON.parse(value) as unknown };
    }
  }

  async #register(users: readonly string[]): Promise<void> {
    const accounts = this.#server.host.service(Accounts.service) as Accounts;
    for (const user of users) {
      const [, name = user, role] = user.match(/^(\S+) \((\S+)\)$/) ?? [];
      await this.#server.registers(name);
      if (role !== undefined) await accounts.setRoles((await accounts.find(name))?.id ?? 0, [role]);
    }
  }

  #program(name = ''): TranscriptProgram | undefined {
    const program = this.#running.get(name) ?? this.#programs[name]?.(this.#server);
    if (program !== undefined) this.#running.set(name, program);
    return program;
  }

  #actor(name = ''): Actor {
    const actor = this.#actors.get(name);
    if (actor === undefined)
      throw new Error(`${name} has not connected: add '${name} connects' or '${name} logs in' before this line.`);
    return actor;
  }

  async #connect(name: string, codec: string | undefined, address: string | undefined, logsIn: boolean): Promise<void> {
    if (this.#actors.get(name)?.online)
      throw new Error(`${name} is connected already: give the second client a name like ${name}/2.`);
    const connect = codec === 'classic' ? 'connectClassic' : 'connect';
    const client = codec === 'json' ? this.#server.connectJson(address) : this.#server[connect](name, address);
    this.#actors.set(name, { name, client, session: [...this.#sessions()].at(-1)?.id ?? 0, online: logsIn });
    if (logsIn) await client.logsIn(name.replace(/\/.*/, ''), PASSWORD);
  }

  async #depart(actor: Actor, hangsUp: boolean): Promise<void> {
    if (hangsUp && actor.online) await this.#silent(actor);
    await actor.client[hangsUp ? 'closes' : 'isClosed']();
    actor.online = false;
    while (!this.#ended.has(actor.session)) await turn();
  }

  async #send({ client }: Actor, text: string): Promise<void> {
    const known = (word: string, name: string) => JSON.stringify(this.#values.get(name)) ?? word;
    if (client instanceof JsonClient) return client.says(text.replace(/"(\$\w+)"/g, known));
    const parts = `${text}\n`.split(/\\x([0-9a-f]{2})/);
    await client.writesRaw(Buffer.concat(parts.map((part, i) => Buffer.from(part, i % 2 === 1 ? 'hex' : 'utf8'))));
  }

  async #expect(actor: Actor, expected: string): Promise<void> {
    const came = await actor.client.next(expected);
    this.#check(came, expected);
    if (came === 'welcome' || (typeof came === 'object' && came.type === 'welcome')) actor.online = true;
  }

  #check(came: string | object, expected: string): void {
    const fits = typeof came === 'string' ? this.#matches(came, expected) : this.#fits(came, JSON.parse(expected));
    if (!fits) throw new Error(`expected: ${format(expected)}\n    came: ${format(came)}`);
  }

  /** Whether a line matches, where `[..]` is the current timestamp, `<..>` any text, and `\x20` a blank. */
  #matches(line: string, expected: string): boolean {
    const stamp = `[${new Date(this.#server.clock.now()).toISOString().replace(/\.\d+/, '')}]`;
    const text = expected.replace(/\\x([0-9a-f]{2})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    const [start = '', end] = text.replace(/^( ?)\[\.\.\]/, `$1${stamp}`).split('<..>');
    return end === undefined ? line === start : line.startsWith(start) && line.endsWith(end);
  }

  /** Whether a value has all expected fields. A string `$name` matches any value at first, and then only that value. */
  #fits(value: unknown, expected: unknown): boolean {
    if (typeof expected === 'string' && expected.startsWith('$')) {
      if (!this.#values.has(expected)) this.#values.set(expected, value);
      return value !== undefined && isDeepStrictEqual(value, this.#values.get(expected));
    }
    if (typeof expected !== 'object' || expected === null || typeof value !== 'object') return value === expected;
    if (Array.isArray(expected) && expected.length !== (value as unknown[]).length) return false;
    const fields = value as Readonly<Record<string, unknown>> | null;
    return Object.entries(expected).every(([key, one]) => this.#fits(fields?.[key], one));
  }

  /** Proves by a round trip that a client has received nothing that the transcript does not show. */
  async #silent({ name, client, online }: Actor): Promise<void> {
    if (!online) throw new Error(`${name} must be logged in for 'nothing' to be checked.`);
    if (client instanceof JsonClient) client.says({ type: 'command', request: BARRIER, name: BARRIER, text: '' });
    else await client.says(BARRIER);
    const came = format(await client.next('nothing'));
    if (!came.includes(BARRIER)) throw new Error(`expected: nothing for ${name}\n    came: ${came}`);
  }
}

function format(came: string | object): string {
  return (typeof came === 'string' ? came : JSON.stringify(came)).slice(0, 500);
}
