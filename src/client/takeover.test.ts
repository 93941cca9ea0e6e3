import { type Memory, overStream, type Remembered } from 'chatserv/client';
import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test, vi } from 'vitest';
import { as, Talk, to } from '../../test/support/talk.ts';

test('a conversation takes over from another one only if its owner asks for it', async () => {
  await using server = await startServer();
  const desk = new Talk(server, as('alice'));
  await desk.is('online');
  await desk.conversation.command('who');
  const offered = { question: 'username', because: 'connected', reason: 'takeover' };
  const declining = new Talk(server, { login: { name: 'alice', password: PASSWORD } });
  expect(await declining.conversation.over()).toEqual({ state: 'closed', why: 'refused', ...offered });
  const phone = new Talk(
    server,
    { login: { name: 'alice', password: PASSWORD } },
    to({ type: 'login', name: 'alice', password: PASSWORD, takeover: true }),
  );
  await phone.is('online');
  expect(phone.asked).toEqual([offered]);
  expect(await desk.conversation.over()).toEqual({ state: 'closed', why: 'replaced' });
  // While the phone has no connection, the desk logs in again: the phone does not take over by itself.
  phone.stream?.destroy();
  await phone.is('lost');
  const again = new Talk(server, { login: { name: 'alice', password: PASSWORD } });
  await again.is('online');
  server.clock.advance(1);
  expect(await phone.conversation.over()).toEqual({ state: 'closed', why: 'replaced' });
  again.conversation.close();
});

test.each(['login', 'register'])(
  'a connection that was lost before the %s was answered waits for its own session to go',
  async (type) => {
    await using server = await startServer();
    if (type === 'login') await server.registers('alice');
    const open = overStream(() => server.open());
    const streams: { close(): void; lose(): void }[] = [];
    const talk = new Talk(server, {
      login: { name: 'alice', password: PASSWORD, register: type === 'register' },
      open(events) {
        // Nothing is heard on the first connection, and the server does not hear of its end.
        const isFirst = streams.length === 0;
        const carrier = open(isFirst ? { ...events, line: () => {}, closed: () => {} } : events);
        streams.push({ close: () => carrier.close(), lose: () => events.closed('cut') });
        return isFirst ? { send: (line) => carrier.send(line), close: () => {} } : carrier;
      },
    });
    const bob = await server.joins('bob');
    await bob.asksUntil('whoelse', 'alice');
    streams[0]?.lose();
    talk.conversation.tryNow();
    await vi.waitFor(() => expect(talk.states.at(-1)).toMatchObject({ state: 'lost', why: 'connected' }));
    streams[0]?.close();
    await bob.asksUntil('whoelse', '');
    talk.conversation.tryNow();
    await talk.is('online');
    expect(talk.asked).toEqual([]);
  },
);

test('a conversation can take over with its token', async () => {
  await using server = await startServer();
  let kept: Remembered | undefined;
  const memory: Memory = {
    recall: () => kept,
    remember: (_name, what) => {
      kept = what;
    },
  };
  const desk = new Talk(server, { ...as('alice'), memory });
  await desk.is('online');
  await desk.conversation.command('who');
  const login = { name: 'alice', password: PASSWORD, takeover: true };
  const phone = new Talk(server, { login });
  await phone.is('online');
  await desk.is('closed');
  const back = new Talk(server, { login: { name: 'alice', takeover: true }, memory });
  await back.is('online');
  expect(await phone.conversation.over()).toEqual({ state: 'closed', why: 'replaced' });
  expect(back.asked).toEqual([]);
});
