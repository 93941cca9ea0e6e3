import { definePlugin, EVERYONE, MessageLog, type NewEntry } from 'chatserv';
import { LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test, vi } from 'vitest';
import { connectedPair } from '../../src/testing/memory-transport.ts';
import { tersePlugin } from '../support/terse-codec.ts';

const logOf = (server: TestServer) => server.host.service(MessageLog.service) as MessageLog;
const idOf = (server: TestServer, name: string) => server.host.kernel.messages.online.find(name)?.id ?? 0;

function entry(body: string, sender = 0, from = '*elsewhere*', to: NewEntry['to'] = { room: EVERYONE }): NewEntry {
  const plain = { kind: 'message', version: 1, counts: true, device: '', toSender: false, time: Date.UTC(2026, 0, 1) };
  return { ...plain, to, body, sender, from };
}

/** Notes each call of `onDelivered`: the name and the last message's id. */
function watch() {
  const delivered: [string, number][] = [];
  const plugin = definePlugin({
    name: 'deliveries',
    summary: 'Notes deliveries',
    setup: () => ({
      hooks: { onDelivered: (session, { id }) => void delivered.push([session.account?.name ?? '', id]) },
    }),
  });
  return { plugin, delivered };
}

describe('entries that were appended together', () => {
  test('are rendered once for each codec, and reach each client in one write with one call of onDelivered', async () => {
    const message = vi.fn(({ text }: { readonly text: string }) => `> ${text}\n`);
    const { plugin, delivered } = watch();
    await using server = await startServer({ terse: tersePlugin({ message }), deliveries: plugin });
    const names = ['alice', 'bob', 'cyd'];
    await server.registers(...names);
    const clients = await Promise.all(
      names.map(async (name) => {
        const { client, server: stream } = connectedPair();
        server.host.server.accept({ stream, address: '192.0.2.1', transport: 'memory' }, 'terse');
        const line = new LineClient(client, name);
        await line.says(`login ${name} ${PASSWORD}`);
        await line.seesInOrder('. welcome', '. ready');
        return { line, write: vi.spyOn(stream, 'write') };
      }),
    );
    await logOf(server).append([entry('one'), entry('two'), entry('three')]);
    for (const { line, write } of clients) {
      await line.seesInOrder('> one', '> two', '> three');
      expect(write).toHaveBeenCalledTimes(1);
    }
    expect(message).toHaveBeenCalledTimes(3);
    expect(delivered.toSorted()).toEqual([
      ['alice', 3],
      ['bob', 3],
      ['cyd', 3],
    ]);
    for (const { line } of clients) await line.closes();
  });

  test('go to their senders without what these posted', async () => {
    await using server = await startServer();
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    const own = entry('two', idOf(server, 'alice'), 'alice');
    await logOf(server).append([entry('one'), own, entry('three')]);
    for (const text of ['one', 'three']) await alice.hears('*elsewhere*', text);
    await alice.seesNothing();
    await bob.hears('*elsewhere*', 'one');
    await bob.hears('alice', 'two');
    await bob.hears('*elsewhere*', 'three');
    await bob.seesNothing();
  });

  test('keep their order among entries of other rooms', async () => {
    await using server = await startServer();
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    const direct = entry('three', 0, '*elsewhere*', { direct: [0, idOf(server, 'bob')] });
    await logOf(server).append([entry('one'), entry('two'), direct, entry('four')]);
    for (const text of ['one', 'two', 'three', 'four']) await bob.hears('*elsewhere*', text);
    for (const text of ['one', 'two', 'four']) await alice.hears('*elsewhere*', text);
    await alice.seesNothing();
  });

  test('stay in the log from the one that a plugin holds on, for that session only', async () => {
    let held = 'bob';
    const plugin = definePlugin({
      name: 'hold',
      summary: 'Holds a message',
      setup: () => ({
        hooks: {
          onDeliver: ({ account }, { text }) => (text === 'two' && account?.name === held ? 'hold' : undefined),
        },
      }),
    });
    await using server = await startServer({ [plugin.name]: plugin });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    await logOf(server).append([entry('one'), entry('two'), entry('three')]);
    for (const text of ['one', 'two', 'three']) await alice.hears('*elsewhere*', text);
    await bob.hears('*elsewhere*', 'one');
    await bob.seesNothing();
    held = '';
    await bob.logsOut();
    const back = await server.returns('bob');
    for (const text of ['two', 'three']) await back.hears('*elsewhere*', text);
    await back.seesNothing();
  });

  test('reach a session completely at its next login if a plugin closes it before it is given them', async () => {
    const plugin = definePlugin({
      name: 'close',
      summary: 'Closes the sessions of bob as alice gets a message',
      setup: ({ server }) => ({
        hooks: {
          onDeliver({ account }) {
            if (account?.name !== 'alice') return;
            for (const session of server.sessions()) if (session.account?.name === 'bob') session.close('denied');
          },
        },
      }),
    });
    await using server = await startServer({ [plugin.name]: plugin });
    await server.joins('alice');
    const bob = await server.joins('bob');
    await logOf(server).append([entry('one'), entry('two')]);
    await bob.sees('closing:denied');
    const back = await server.returns('bob');
    for (const text of ['one', 'two']) await back.hears('*elsewhere*', text);
    await back.seesNothing();
  });

  test('wait in the log for a client whose outbox has no room for all of them', async () => {
    await using server = await startServer({}, { outboxBytes: 4096 });
    const bob = await server.joins('bob');
    const texts = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(100)}`);
    await logOf(server).append(texts.map((text) => entry(text)));
    for (const text of texts) await bob.hears('*elsewhere*', text);
    await bob.seesNothing();
    expect(server.limitHits).toEqual({});
  });
});
