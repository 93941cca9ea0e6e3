import { command, definePlugin, param, refuse } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** A command that answers with its arguments. */
const echo = (name: string, params: Parameters<typeof command>[0]['params']) =>
  command({ name, summary: 'Answers with its arguments', params, run: ({ values }) => JSON.stringify(values) });

const echoes = definePlugin({
  name: 'echoes',
  summary: 'Commands that answer with their arguments',
  setup: () => ({
    commands: [
      echo('none', {}),
      echo('roll', { sides: param.integer('', { min: 2, max: 100 }).default(6) }),
      echo('part', { share: param.number('', { above: 0, max: 1 }) }),
      echo('wait', { time: param.duration('', { unit: 'm' }) }),
      echo('vote', { vote: param.choice(['yes', 'no']) }),
      echo('enter', { room: param.room() }),
      echo('remember', { key: param.word(), value: param.text() }),
      echo('invite', { users: param.users(), room: param.room().optional(), note: param.text().optional() }),
      echo('ban', { user: param.user(), time: param.duration().optional(), purge: param.choice(['purge']).optional() }),
    ],
  }),
});

describe('arguments on a line', () => {
  test.each([
    ['none', '{}'],
    ['none  ', '{}'],
    ['roll', '{"sides":6}'],
    ['roll  20 ', '{"sides":20}'],
    ['part 0.5', '{"share":0.5}'],
    ['wait 90s', '{"time":90}'],
    ['wait 2h', '{"time":7200}'],
    ['wait 10', '{"time":600}'],
    ['vote no', '{"vote":"no"}'],
    ['enter #lab', '{"room":"#lab"}'],
    ['remember tea  at four ', '{"key":"tea","value":" at four "}'],
    ['invite bob', '{"users":["bob"]}'],
    ['invite (bob  carol) #lab come  in', '{"users":["bob","carol"],"room":"#lab","note":"come  in"}'],
    ['invite bob come in', '{"users":["bob"],"note":"come in"}'],
    ['ban bob', '{"user":"bob"}'],
    ['ban bob 10m', '{"user":"bob","time":600}'],
    ['ban bob purge', '{"user":"bob","purge":"purge"}'],
    ['ban bob 1d purge', '{"user":"bob","time":86400,"purge":"purge"}'],
  ])('%j', async (line, values) => {
    await using server = await startServer({ echoes, rooms: false });
    const alice = await server.joins('alice');
    expect(await alice.asks(line)).toBe(values);
  });

  test.each([
    ['none of this', 'Unexpected "of".'],
    ['roll 1', '<sides> must be a whole number from 2 to 100.'],
    ['roll 2.5', '<sides> must be a whole number from 2 to 100.'],
    ['roll 99999999999999999999', '<sides> must be a whole number from 2 to 100.'],
    ['part 0', '<share> must be a number above 0 and at most 1.'],
    ['part', '<share> is missing.'],
    ['wait 10y', '<time> must be a duration such as 90s, 10m, 2h or 7d, or a number of minutes.'],
    ['wait 0', '<time> must be a duration such as 90s, 10m, 2h or 7d, or a number of minutes.'],
    ['vote maybe', 'Expected yes or no.'],
    ['enter lab', '<room> must be a room, such as #lab.'],
    ['remember tea  ', '<value> is missing.'],
    ['invite () #lab', '<user> must be a user name, or several in parentheses.'],
    ['invite (bob', '<user> must be a user name, or several in parentheses.'],
    ['ban bob 10', '<time> must be a duration such as 90s, 10m, 2h or 7d.'],
    ['ban bob 10m 10m', 'Expected purge.'],
    ['ban bob purge 10m', 'Unexpected "10m".'],
  ])('%j is refused, and a program is told why', async (line, sentence) => {
    await using server = await startServer({ echoes, rooms: false });
    const alice = await server.joins('alice');
    const [name = '', ...words] = line.split(' ');
    expect(await alice.asks(line)).toBe(`error:args:${name}`);
    await server.registers('bot');
    const bot = server.connectJson();
    await bot.logsIn('bot', PASSWORD);
    bot.says({ type: 'command', request: 1, name, text: words.join(' ') });
    expect(await bot.sees({ type: 'error', reason: 'args', about: name, request: 1 })).toMatchObject({
      message: sentence,
    });
  });
});

describe('arguments of a program', () => {
  async function joinsAsProgram(plugins: Parameters<typeof startServer>[0]) {
    const server = await startServer({ echoes, rooms: false, ...plugins });
    await server.registers('bot', 'bob');
    const bot = server.connectJson();
    await bot.logsIn('bot', PASSWORD);
    return Object.assign(server, { bot });
  }

  test.each([
    ['none', {}, {}],
    ['roll', {}, { sides: 6 }],
    ['roll', { sides: 20 }, { sides: 20 }],
    ['part', { share: 1e-7 }, { share: 1e-7 }],
    ['wait', { time: 90 }, { time: 90 }],
    ['remember', { value: ' at four\nsharp', key: 'tea' }, { key: 'tea', value: ' at four\nsharp' }],
    ['invite', { users: ['bob', 'carol'], note: 'come in' }, { users: ['bob', 'carol'], note: 'come in' }],
    ['ban', { user: 'bob', purge: 'purge' }, { user: 'bob', purge: 'purge' }],
  ])('%s takes %j', async (name, values, taken) => {
    await using server = await joinsAsProgram({});
    server.bot.says({ type: 'command', request: 1, name, values });
    const answer = await server.bot.sees({ type: 'answer', request: 1, command: name });
    expect(JSON.parse((answer as { text: string }).text)).toEqual(taken);
  });

  test.each([
    ['none', { sides: 6 }, "There is no argument 'sides'."],
    ['roll', { sides: '6' }, "'sides' must be a whole number from 2 to 100."],
    ['roll', { sides: null }, "'sides' must be a whole number from 2 to 100."],
    ['wait', { time: '10m' }, "'time' must be a whole number of seconds, at least 1."],
    ['remember', { key: 'two words', value: 'x' }, "'key' must be one word."],
    ['remember', { key: 'tea' }, "'value' is missing."],
    ['remember', { constructor: 'x', key: 'tea', value: 'x' }, "There is no argument 'constructor'."],
    ['invite', { users: 'bob' }, "'users' must be a list of user names."],
    ['invite', { users: ['bob carol'] }, "'users' must be a list of user names."],
    ['invite', { users: [] }, "'users' must be a list of user names."],
  ])('%s refuses %j', async (name, values, message) => {
    await using server = await joinsAsProgram({});
    server.bot.says({ type: 'command', request: 1, name, values });
    await server.bot.sees({ type: 'error', request: 1, reason: 'args', about: name, message });
  });

  test('of a message reach the command without being written as a line', async () => {
    await using server = await joinsAsProgram({});
    const bob = await server.returns('bob');
    server.bot.says({ type: 'message', to: ['bob', 'ghost'], text: '(bob) hi' });
    await server.bot.sees({ type: 'answer', command: 'message', text: 'sent:ghost' });
    await bob.hears('bot', '(bob) hi');
    server.bot.says({ type: 'command', name: 'send', values: { to: ['bob'], text: ' again' } });
    await server.bot.sees({ type: 'answer', command: 'message', text: 'sent:' });
    await bob.hears('bot', ' again');
  });

  test('are written as a line for a command that declares none', async () => {
    const legacy = definePlugin({
      name: 'legacy',
      summary: 'Messages as the released version had them',
      setup: () => ({
        commands: [
          { name: 'message', usage: 'message', summary: 'Answers', args: { min: 2 }, run: ({ rest }) => rest },
        ],
      }),
    });
    await using server = await joinsAsProgram({ message: false, legacy });
    server.bot.says({ type: 'message', to: ['bob', 'carol'], text: 'hi  there' });
    await server.bot.sees({ type: 'answer', command: 'message', text: '(bob carol) hi  there' });
  });

  test('are described by help', async () => {
    await using server = await joinsAsProgram({});
    server.bot.says({ type: 'command', name: 'help', text: 'roll' });
    const params = [{ name: 'sides', kind: 'integer', min: 2, max: 100, optional: true, default: 6 }];
    const properties = { sides: { type: 'integer', minimum: 2, maximum: 100, default: 6 } };
    const schema = { type: 'object', properties, required: [], additionalProperties: false };
    await server.bot.sees({
      type: 'answer',
      lines: ['roll [sides] - Answers with its arguments'],
      facts: { commands: [{ name: 'roll', aliases: [], usage: 'roll [sides]', params, schema }] },
    });
  });
});

describe('onCommand', () => {
  const rewriter = definePlugin({
    name: 'rewriter',
    summary: 'Looks at arguments, and rewrites them',
    setup: () => ({
      hooks: {
        onCommand(_session, call) {
          if (call.values.key === 'secret') return refuse('secret', `Nobody may know '${call.args.at(-1)}'.`);
          if (call.rest.endsWith('!')) call.rest = call.rest.slice(0, -1);
          return undefined;
        },
      },
    }),
  });

  test('sees the arguments, and the command gets those of the rewritten line', async () => {
    await using server = await startServer({ echoes, rooms: false, rewriter });
    const alice = await server.joins('alice');
    await alice.says('roll 20!', 'vote maybe!', 'remember secret plan');
    await alice.seesInOrder('{"sides":20}', 'error:args:vote', 'error:secret:remember');
    await server.registers('bot');
    const bot = server.connectJson();
    await bot.logsIn('bot', PASSWORD);
    bot.says({ type: 'command', name: 'remember', values: { key: 'tea', value: 'at four!' } });
    await bot.sees({ type: 'answer', text: '{"key":"tea","value":"at four"}' });
    bot.says({ type: 'command', name: 'invite', values: { users: ['bob', 'carol'], room: '#lab', note: 'now!' } });
    await bot.sees({ type: 'answer', text: '{"users":["bob","carol"],"room":"#lab","note":"now"}' });
    bot.says({ type: 'command', name: 'remember', values: { key: 'secret', value: 'plan' } });
    await bot.sees({ type: 'error', reason: 'secret', about: 'remember', message: "Nobody may know 'plan'." });
  });
});

test('the sentence of a refusal is one line, and is left out if it is not a string', async () => {
  const odd = definePlugin({
    name: 'odd',
    summary: 'Refuses oddly',
    setup: () => ({
      commands: [
        command({ name: 'lines', summary: 'Refuses', run: () => refuse('no', 'one\ntwo\u001b[31m') }),
        command({ name: 'number', summary: 'Refuses', run: () => refuse('no', 7 as never) }),
        command({ name: 'long', summary: 'Refuses', run: () => refuse('not a word', 'x'.repeat(5000)) }),
      ],
    }),
  });
  await using server = await startServer({ odd });
  await server.registers('bot');
  const bot = server.connectJson();
  await bot.logsIn('bot', PASSWORD);
  for (const name of ['lines', 'number', 'long']) bot.says({ type: 'command', name });
  expect(await bot.sees({})).toEqual({ type: 'error', reason: 'no', about: 'lines', message: 'one two[31m' });
  expect(await bot.sees({})).toEqual({ type: 'error', reason: 'no', about: 'number' });
  expect(await bot.sees({})).toEqual({ type: 'error', reason: 'denied', about: 'long', message: 'x'.repeat(1000) });
});
