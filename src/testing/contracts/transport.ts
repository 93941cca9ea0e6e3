import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LineClient } from '../line-client.ts';
import { PASSWORD, type TestServer } from '../server.ts';

/** A server that listens on a transport, and a way to connect to it. */
export interface OpenTransport {
  readonly server: TestServer;
  /** Connects as a client does. The stream ends once the server has ended its side. */
  connect(): Promise<Duplex>;
}

/**
 * Defines the tests that every transport must pass.
 * @param name the transport's name in test titles
 * @param open starts a server with the transport, and with `linesPerSecond` and `bytesPerSecond` set to 0, since the
 * tests send a lot
 */
export function transportContract(name: string, open: () => Promise<OpenTransport>): void {
  describe(`${name}: transport`, () => {
    let transport: OpenTransport;
    beforeEach(async () => {
      transport = await open();
    });
    afterEach(() => transport.server[Symbol.asyncDispose]());

    const connect = async (user: string) =>
      new LineClient(await transport.connect(), user, () => transport.server.clock.now());
    const joins = async (user: string) => {
      const client = await connect(user);
      await client.registers(user, PASSWORD);
      await client.logsIn(user, PASSWORD);
      return client;
    };

    test('people talk over it', async () => {
      const [alice, bob] = [await joins('alice'), await joins('bob')];
      expect(await alice.asks('message bob hi')).toBe('sent:');
      await bob.hears('alice', 'hi');
      await alice.logsOut();
      await bob.closes();
    });

    test('bytes arrive as they were sent, however they are cut', async () => {
      const [alice, bob] = [await joins('alice'), await joins('bob')];
      for (const byte of Buffer.from('message bob naïve ☃\n')) await alice.writesRaw(Buffer.of(byte));
      await alice.sees('sent:');
      await bob.hears('alice', 'naïve ☃');
      await bob.closes();
      await alice.says(...Array.from({ length: 500 }, (_, i) => `nonsense${i}`));
      for (let i = 0; i < 500; i++) await alice.sees(`error:command:nonsense${i}`);
      await alice.closes();
    });

    test('who ends its side after sending ahead is answered', async () => {
      const alice = await joins('alice');
      await alice.says('who', 'nonsense');
      await alice.halfCloses();
      await alice.seesInOrder('alice', 'error:command:nonsense');
      await alice.isClosed();
    });

    test('who is cut off is offline, and nobody else is', async () => {
      const [alice, bob] = [await joins('alice'), await joins('bob')];
      await alice.closes();
      await bob.asksUntil('who', 'bob');
      await bob.closes();
    });

    test('a client that does not read does not hold up the others', async () => {
      const [slow, alice] = [await transport.connect(), await joins('alice')];
      slow.write(`bob\ny\n${PASSWORD}\n${PASSWORD}\nbob\n${PASSWORD}\n`);
      slow.pause();
      await alice.asksUntil('whoelse', 'bob');
      const text = 'x'.repeat(1000);
      for (let i = 0; i < 300; i++) expect(await alice.asks(`message bob ${text}`)).toBe('sent:');
      const closed = once(slow, 'close');
      slow.destroy();
      await closed;
      await alice.closes();
    });

    test('everyone is told of a shutdown, and the connections are ended', async () => {
      const alice = await joins('alice');
      const stopped = transport.server.host.stop('shutdown');
      await alice.sees('closing:shutdown');
      await alice.isClosed();
      await stopped;
    });
  });
}
