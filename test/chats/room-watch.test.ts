import { definePlugin, MessageLog } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { answer } from '../support/answer.ts';

test('a plugin watches which rooms have members online', async () => {
  const noted: string[] = [];
  const names = new Map<number, string>();
  let watch =
    (_: string): (() => void) =>
    () => {};
  const plugin = definePlugin({
    name: 'notebook',
    summary: 'Notes which rooms have members online',
    needs: { log: MessageLog },
    setup({ server, log }) {
      watch = (who) =>
        server.watchRooms((room, isOccupied) =>
          noted.push(`${who}: ${names.get(room)} ${isOccupied ? 'has' : 'lost'}`),
        );
      return {
        async start() {
          log.follow((entries) => {
            for (const { room, roomName = '' } of entries) names.set(room, roomName);
          });
        },
      };
    },
  });
  await using server = await startServer({ rooms: true, notebook: plugin });
  const since = () => noted.splice(0);
  const stop = watch('first');
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  expect(await answer(alice, 'create #tea')).toBe('created:#tea');
  expect(await answer(bob, 'join #tea')).toBe('joined:#tea');
  expect(since()).toEqual(['first: tea has']);
  await alice.closes();
  expect(since()).toEqual([]);
  watch('second');
  expect(since()).toEqual(['second: tea has']);
  stop();
  expect(await answer(bob, 'leave #tea')).toBe('left:#tea');
  expect(since()).toEqual(['second: tea lost']);
  expect(await answer(bob, 'join #tea')).toBe('joined:#tea');
  await server.returns('alice');
  expect(since()).toEqual(['second: tea has']);
});
