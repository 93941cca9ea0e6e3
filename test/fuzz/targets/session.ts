import { deepStrictEqual } from 'node:assert/strict';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { Collected } from '../collected.ts';
import { cleanLines, judgeJson, judgePlain, linesOf, withoutMessages } from '../conversation.ts';
import type { Target } from '../engine.ts';
import { command, jsonLine, NAMES, SECRETS, text } from '../grammar.ts';
import { asInput, type Input } from '../input.ts';
import plainPasswords from '../plain-passwords.ts';
import type { Random } from '../random.ts';

/** How many conversations one server has before another takes its place. */
const LIFE = 300;

/**
 * Whole conversations with a server in memory, login and commands, with the codecs line, classic and json:
 * every line has the answers that the protocol gives it, what comes is clean, another who is online reads clean
 * messages and nothing else, and nothing is logged as failed.
 */
export const session: Target = {
  name: 'session',
  code: /\/(kernel|codecs|names|plugins\/(login|commands|offline-messages))\/[\w/-]+\.ts$/,
  batch: 50,
  make,
  async try(input) {
    if (count++ % LIFE === 0 || stage === undefined) {
      await session.close?.();
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
    this.#witness = new Collected(server.open());
  }

  static async open(): Promise<Stage> {
    const server = await startServer({ password: false, 'plain-passwords': plainPasswords });
    await server.registers('alice', 'bob', 'witness');
    const stage = new Stage(server);
    stage.#witness.stream.write(`witness\n${PASSWORD}\n`);
    await stage.#witness.sees(/^welcome$/m);
    return stage;
  }

  async play(input: Input): Promise<void> {
    const bytes = Buffer.concat(input);
    const lines = linesOf(bytes);
    const codec = bytes.length % 4 === 3 ? 'classic' : 'line';
    const place = ++this.#places;
    const client = new Collected(this.#server.open(codec, `10.${place >> 16}.${(place >> 8) & 255}.${place & 255}`));
    for (const segment of input) client.stream.write(segment);
    client.stream.end();
    const said = cleanLines(await client.all());
    const [first] = lines;
    if (codec === 'line' && first !== undefined && 'text' in first && first.text.startsWith('{'))
      judgeJson(lines, said);
    else judgePlain(lines, withoutMessages(said.filter((line) => codec === 'line' || line !== 'DONE')));
    const others = withoutMessages(cleanLines(this.#witness.take()));
    deepStrictEqual(others, [], 'the witness was told');
    deepStrictEqual(this.#server.failures, []);
  }

  async close(): Promise<void> {
    this.#witness.stream.destroy();
    await this.#server[Symbol.asyncDispose]();
  }
}

function make(random: Random): Input {
  const json = random.oneIn(3);
  const login = json
    ? [JSON.stringify({ type: 'login', name: random.pick(['alice', 'bob']), password: PASSWORD })]
    : [random.pick(['alice', 'bob']), PASSWORD];
  const dialogue = random.some(8, () =>
    random.pick([random.pick(NAMES), random.pick(SECRETS), 'y', PASSWORD, text(random)]),
  );
  const talk = random.some(12, () => (json ? jsonLine(random) : command(random)));
  if (json) return asInput(random.oneIn(3) ? talk : [...login, ...talk], random);
  return asInput([...(random.oneIn(3) ? dialogue : []), ...(random.oneIn(4) ? [] : login), ...talk], random);
}
