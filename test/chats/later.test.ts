import { type Codec, type CodecState, definePlugin, type Input, type Output } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../support/irc-client.ts';

/** What the codec was asked to do, in order. */
const steps: string[] = [];

/**
 * A codec whose lines are decided on in their turn: `later NAME` sends the text of every answer before it, `run WORD` calls a
 * command, and its answer has its word before it.
 */
class LateState implements CodecState {
  decode(line: { readonly text: string } | { readonly fault: string }): readonly Input[] {
    const [word = '', rest = ''] = 'text' in line ? line.text.split(/ (.*)/) : [];
    if (word === 'login') return [{ kind: 'login', preset: { username: rest, password: PASSWORD } }];
    if (word === 'fail') return [{ kind: 'later', about: word, decide: () => Promise.reject(new Error('not now')) }];
    if (word === 'now') return [this.#command(rest)];
    if (word === 'pong') return [{ kind: 'reply', text: `pong ${rest}\r\n` }];
    return [{ kind: 'later', about: word, decide: () => this.#decide(word, rest) }];
  }

  async #decide(word: string, rest: string): Promise<readonly Input[]> {
    steps.push(`decide ${rest}`);
    if (word === 'twice') {
      return [
        { kind: 'later', about: word, decide: () => [{ kind: 'reply', text: `one ${rest}\r\n` }] },
        { kind: 'reply', text: `two ${rest}\r\n` },
      ];
    }
    return [this.#command(rest), { kind: 'reply', text: `after ${rest}\r\n` }];
  }

  #command(word: string): Input {
    const encode = (output: Output) => {
      steps.push(`answer ${word}`);
      return `${word}: ${output.kind === 'error' ? output.reason : output.kind}\r\n`;
    };
    return { kind: 'command', word, encode };
  }

  encode(output: Output): string {
    if (output.kind === 'error') return `error ${output.reason} ${output.about}\r\n`;
    return output.kind === 'closing' ? `closing ${output.reason}\r\n` : '';
  }
}

const late: Codec = { name: 'late', open: () => new LateState(), message: ({ text }) => `${text}\r\n` };

const plugins = {
  late: definePlugin({ name: 'late', summary: 'Decides late', setup: () => ({ codecs: [late] }) }),
};

async function join(server: Awaited<ReturnType<typeof startServer>>): Promise<IrcClient> {
  const alice = await server.joins('alice');
  await alice.logsOut();
  const client = new IrcClient(server.open('late'));
  client.says('login alice');
  return client;
}

test('inputs are decided on after the answers to the lines before, and come before the next line', async () => {
  await using server = await startServer(plugins);
  const client = await join(server);
  steps.length = 0;
  for (const line of ['now who', 'later devices', 'now nothing', 'twice x', 'now who']) client.says(line);
  const read = [];
  while (read.length < 7) read.push(await client.reads(/./));
  expect(read).toEqual([
    'who: answer',
    'devices: answer',
    'after devices',
    'nothing: command',
    'one x',
    'two x',
    'who: answer',
  ]);
  expect(steps).toEqual(['answer who', 'decide devices', 'answer devices', 'answer nothing', 'decide x', 'answer who']);
});

test('inputs are decided on during a login too', async () => {
  await using server = await startServer(plugins);
  await (await server.joins('alice')).logsOut();
  const client = new IrcClient(server.open('late'));
  for (const line of ['twice x', 'login alice', 'now who']) client.says(line);
  const read = [];
  while (read.length < 3) read.push(await client.reads(/./));
  expect(read).toEqual(['one x', 'two x', 'who: answer']);
});

test('a codec that fails to decide closes its session', async () => {
  await using server = await startServer(plugins);
  const client = await join(server);
  client.says('fail');
  expect(await client.ends()).toEqual(['closing internal']);
  expect(server.failures.map(({ text }) => text)).toEqual(["codec 'late' failed"]);
});

test('a line over the rate is refused before anything is decided', async () => {
  await using server = await startServer({ ...plugins }, { linesPerSecond: 1, lineBurst: 10 });
  const client = await join(server);
  steps.length = 0;
  for (let i = 0; i < 30; i++) client.says('later who');
  await client.reads(/^error rate later$/);
});

test('replies of the codec wait for the answers before them, and hold up no line', async () => {
  const both = Promise.withResolvers<void>();
  let calls = 0;
  const meet = definePlugin({
    name: 'meet',
    summary: 'Answers a command once it is called again',
    setup: () => ({
      commands: [
        {
          name: 'meet',
          summary: 'Waits for another call',
          overlaps: true,
          async run({ proceed }) {
            proceed();
            calls += 1;
            if (calls === 2) both.resolve();
            await both.promise;
          },
        },
      ],
    }),
  });
  await using server = await startServer({ ...plugins, meet });
  const client = await join(server);
  for (const line of ['now meet', 'pong 1', 'now meet', 'pong 2']) client.says(line);
  const read = [];
  while (read.length < 4) read.push(await client.reads(/./));
  expect(read).toEqual(['meet: answer', 'pong 1', 'meet: answer', 'pong 2']);
});
