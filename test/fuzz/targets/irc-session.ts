import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { LINE, parseMessage } from '../../../plugins/codecs/irc/wire/message.ts';
import { Collected } from '../collected.ts';
import type { Target } from '../engine.ts';
import { asInput, type Input } from '../input.ts';
import { ircLine, ircLogin } from '../irc-grammar.ts';
import plainPasswords from '../plain-passwords.ts';

/** How many conversations one server has before another takes its place. */
const LIFE = 200;

/** Ends a conversation, whatever line is unfinished. */
const END = '\r\nQUIT :so long\r\n';

/** What no line of IRC contains. */
const LINE_BREAKING = /[\0\r\n]/;

/**
 * Whole conversations of IRC clients with a server in memory, before the login and after it. Each ends with `ERROR`;
 * what the client and another one read are lines of IRC that are not too long, and nothing is logged as failed.
 */
export const ircSession: Target = {
  name: 'irc-session',
  code: /\/plugins\/codecs\/irc\/[\w/-]+\.ts$/,
  batch: 20,
  make: (random) =>
    asInput([...(random.oneIn(5) ? [] : ircLogin(random)), ...random.some(16, () => ircLine(random))], random),
  async try(input) {
    if (count++ % LIFE === 0 || stage === undefined) {
      await ircSession.close?.();
      stage = await Stage.open();
    }
    await stage.play(input);
  },
  async close() {
    await stage?.close();
    stage = undefined;
  },
};

let count = 0;
let stage: Stage | undefined;

class Stage {
  readonly #server: TestServer;
  readonly #witness: Collected;
  #places = 0;

  private constructor(server: TestServer) {
    this.#server = server;
    this.#witness = new Collected(server.open('irc'));
  }

  static async open(): Promise<Stage> {
    const server = await startServer(
      {
        irc: { name: 'irc.example' },
        guests: { rooms: 'create', mark: false },
        history: true,
        password: false,
        'plain-passwords': plainPasswords,
      },
      { linesPerSecond: 0, bytesPerSecond: 0 },
    );
    await server.registers('alice', 'witness');
    const stage = new Stage(server);
    const secret = Buffer.from(`\0witness\0${PASSWORD}`).toString('base64');
    const login = ['CAP REQ :sasl batch message-tags server-time', 'AUTHENTICATE PLAIN', `AUTHENTICATE ${secret}`];
    for (const line of [...login, 'NICK witness', 'USER w 0 * :w', 'CAP END', 'JOIN #lab']) {
      stage.#witness.stream.write(`${line}\r\n`);
    }
    await stage.#witness.sees(/ 366 witness #lab /);
    return stage;
  }

  async play(input: Input): Promise<void> {
    const place = ++this.#places;
    const client = new Collected(this.#server.open('irc', `10.${place >> 16}.${(place >> 8) & 255}.${place & 255}`));
    for (const segment of [...input, Buffer.from(END)]) client.stream.write(segment);
    const said = linesIn(await client.all());
    match(said.at(-1) ?? '', /^ERROR /, 'the last line');
    for (const line of [...said, ...linesIn(this.#witness.take())]) isLine(line);
    deepStrictEqual(this.#server.failures, []);
  }

  async close(): Promise<void> {
    this.#witness.stream.destroy();
    await this.#server[Symbol.asyncDispose]();
  }
}

/** The lines that a server sent. @throws when they are not whole lines of UTF-8 */
function linesIn(bytes: Buffer): string[] {
  const lines = new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\r\n');
  deepStrictEqual(lines.pop(), '', 'a line without its end');
  return lines;
}

function isLine(line: string): void {
  ok(!LINE_BREAKING.test(line), `a control character in ${JSON.stringify(line)}`);
  match(parseMessage(line)?.command ?? '', /^(?:[A-Z]+|\d{3})$/, line);
  const bytes = Buffer.byteLength(line.startsWith('@') ? line.slice(line.indexOf(' ') + 1) : line);
  ok(bytes <= LINE - 2, `a line of ${bytes} bytes: ${line}`);
}
