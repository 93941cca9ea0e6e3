import { command, definePlugin, Quotas, type QuotaUse, refuse, withOptions, z } from 'chatserv';
import { startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** A limit as a plugin author writes it. */
const rate = definePlugin({
  name: 'rate',
  summary: 'Limits commands by network',
  options: z.strictObject({ most: z.int().default(3) }),
  setup({ options, clock, quota }) {
    const commands = quota('commands');
    const rule = { most: options.most, time: 60 };
    return {
      commands: [command({ name: 'undo', summary: 'Gives a command back', run: () => 'undone' })],
      hooks: {
        onCommand: {
          guard: ({ network }, call) => {
            if (call.command !== 'undo')
              return commands.take(network, rule, clock.monotonic()) > 0 ? refuse('rate') : undefined;
            commands.giveBack(network);
            return undefined;
          },
        },
      },
    };
  },
});

const start = () => startServer({ rate });

const quotasOf = ({ host }: TestServer) => host.service(Quotas.service) as Quotas;

/** Has two servers count each other's uses, as the plugin `nats` does. */
function join(one: TestServer, other: TestServer): void {
  quotasOf(one).follow((use) => quotasOf(other).note(use));
  quotasOf(other).follow((use) => quotasOf(one).note(use));
}

test("a plugin's quota is one on all servers, and what is given back is given back on all", async () => {
  await using one = await start();
  await using other = await start();
  join(one, other);
  const [alice, bob] = [await one.joins('alice'), await other.joins('bob')];
  expect(await alice.asks('who')).toBe('alice');
  expect(await bob.asks('who')).toBe('bob');
  expect(await alice.asks('who')).toBe('alice');
  expect(await alice.asks('who')).toBe('error:rate:who');
  expect(await bob.asks('who')).toBe('error:rate:who');
  expect(await bob.asks('undo')).toBe('undone');
  expect(await alice.asks('who')).toBe('alice');
  expect(await bob.asks('who')).toBe('error:rate:who');
  // A third of them comes back in a third of the time, by each server's own clock.
  one.clock.advance(20);
  expect(await alice.asks('who')).toBe('alice');
  expect(await bob.asks('who')).toBe('error:rate:who');
});

test('what several servers take at one moment is more than is left, and is waited for', async () => {
  await using server = await start();
  const alice = await server.joins('alice');
  const use: QuotaUse = { quota: 'rate commands', key: '', amount: 1, rate: 1 / 20 };
  const uses: QuotaUse[] = [];
  quotasOf(server).follow((own) => uses.push(own));
  expect(await alice.asks('who')).toBe('alice');
  const key = uses[0]?.key ?? '';
  expect(uses).toEqual([{ ...use, key }]);
  quotasOf(server).note({ ...use, key, amount: 5 });
  server.clock.advance(60);
  expect(await alice.asks('who')).toBe('error:rate:who');
  server.clock.advance(20);
  expect(await alice.asks('who')).toBe('alice');
});

test('a reload keeps a quota shared; that of a plugin that is gone is not counted', async () => {
  await using server = await start();
  const alice = await server.joins('alice');
  const uses: QuotaUse[] = [];
  const stop = quotasOf(server).follow((use) => uses.push(use));
  expect(await alice.asks('who')).toBe('alice');
  const [use] = uses;
  if (use === undefined) throw new Error('no use');
  quotasOf(server).note(use);
  await server.reload({ rate: withOptions(rate, { most: 4 }) });
  expect(await alice.asks('who')).toBe('alice');
  quotasOf(server).note(use);
  expect(await alice.asks('who')).toBe('error:rate:who');
  expect(uses).toHaveLength(2);
  stop();
  server.clock.advance(60);
  expect(await alice.asks('who')).toBe('alice');
  expect(uses).toHaveLength(2);
  quotasOf(server).note({ ...use, quota: 'nobody commands' });
});
