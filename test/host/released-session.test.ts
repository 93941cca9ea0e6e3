import { definePlugin } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** The members of a session that the last release had, as a plugin in plain JavaScript uses them. */
interface ReleasedSession {
  readonly connectedAt: number;
  readonly lastHeard: number;
  readonly device: string;
  readonly epoch: number | undefined;
  readonly provider: string;
  readonly dialect: { readonly name: string };
  prepared(question: string): string | undefined;
  say(output: { readonly kind: 'closing'; readonly reason: string }): void;
  whenGone(callback: () => void): void;
  readonly feed: { readOn(reader: unknown): Promise<void> };
}

test('a session keeps the members of the last release', async () => {
  const seen: unknown[] = [];
  const released = definePlugin({
    name: 'released',
    summary: 'Uses a session as the last release had it',
    setup: ({ clock }) => ({
      hooks: {
        onAdmit(session) {
          if (session.codec.name !== 'json') return undefined;
          const old = session as unknown as ReleasedSession;
          seen.push(
            old.dialect.name,
            old.prepared('username'),
            clock.now() - old.connectedAt,
            clock.now() - old.lastHeard,
          );
          const { device, epoch, provider } = old;
          expect({ device, epoch, provider }).toEqual(session.login);
          expect(provider).toBe('password');
          expect(device).not.toBe('');
          expect(old.feed.readOn).toBe(session.feed.catchUp);
          expect(old.whenGone).toBe(session.onClosed);
          old.say({ kind: 'closing', reason: 'tea' });
          return undefined;
        },
      },
    }),
  });
  await using server = await startServer({ released });
  await server.registers('alice');
  const alice = server.connectJson();
  server.clock.advance(2);
  alice.says({ type: 'login', name: 'alice', password: PASSWORD });
  await alice.sees({ type: 'closing', reason: 'tea' });
  expect(seen).toEqual(['json', 'alice', 2000, 0]);
});
