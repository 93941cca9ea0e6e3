import { definePlugin, type Session } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** A plugin that notes when its handler of onUsername runs. */
function noting(name: string, notes: string[], where: { order?: 'pre' | 'post'; before?: string } = {}) {
  return definePlugin({
    name,
    summary: 'Notes when it runs',
    setup: () => ({
      hooks: {
        onUsername: {
          ...where,
          handler(_session: Session, _name: string) {
            notes.push(name);
            return undefined;
          },
        },
      },
    }),
  });
}

async function orderOf(notes: string[], plugins: Record<string, ReturnType<typeof noting>>): Promise<string[]> {
  await using server = await startServer({ ...plugins, password: false, registration: false });
  const client = server.connect();
  await client.says('alice');
  await client.sees('username');
  return notes;
}

describe('the order of handlers', () => {
  test('is pre, those that say nothing, post, whatever the order in the config', async () => {
    const notes: string[] = [];
    const plugins = {
      x: noting('x', notes, { order: 'post' }),
      y: noting('y', notes),
      z: noting('z', notes, { order: 'pre' }),
    };
    expect(await orderOf(notes, plugins)).toEqual(['z', 'y', 'x']);
  });

  test('follows before, over the stages too', async () => {
    const notes: string[] = [];
    const plugins = {
      x: noting('x', notes, { order: 'pre' }),
      y: noting('y', notes),
      z: noting('z', notes, { order: 'post', before: 'x' }),
    };
    expect(await orderOf(notes, plugins)).toEqual(['z', 'x', 'y']);
  });
});
