import { Accounts, definePlugin, MessageLog, Storage } from 'chatserv';
import type { LineClient } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { AuditedServer } from '../../test/support/audited-server.ts';
import { memoryStore } from '../stores/memory/store.ts';

/** Mallory says something to everyone and to carol, who are away, and alice something to carol. */
async function spammed({ server }: AuditedServer): Promise<LineClient> {
  await server.registers('carol', 'dave');
  const [mallory, alice] = [await server.joins('mallory'), await server.joins('alice')];
  await mallory.says('broadcast buy', 'message carol buy more', 'message (carol dave) buy all');
  await mallory.seesInOrder('sent:', 'sent:', 'sent:');
  await alice.hears('mallory', 'buy');
  await alice.says('message carol hello');
  await alice.sees('sent:');
  return mallory;
}

/** Carol, who was offline, gets alice's messages and no others. */
async function isClean({ server }: AuditedServer): Promise<void> {
  const carol = await server.returns('carol');
  await carol.hears('alice', 'hello');
  await carol.seesNothing();
  const dave = await server.returns('dave');
  await dave.seesNothing();
}

describe('purge', () => {
  test("removes a user's undelivered messages, is logged, and keeps the user", async () => {
    await using audited = await AuditedServer.start();
    const mo = await audited.joinsAs('moderator', 'mo');
    const mallory = await spammed(audited);
    await mo.hears('mallory', 'buy');
    expect(await mo.asks('purge MALLORY')).toBe('done:3');
    expect(await mo.asks('purge mallory')).toBe('done:0');
    expect(audited.audited[0]).toEqual({ by: 'mo', did: 'purge', what: 'MALLORY', target: 'user:mallory' });
    await isClean(audited);
    expect(await mallory.asks('message mo sorry')).toBe('sent:');
    await mo.hears('mallory', 'sorry');
  });

  test('removes the messages of a removed user', async () => {
    await using audited = await AuditedServer.start();
    const mo = await audited.joinsAs('moderator', 'mo');
    const mallory = await spammed(audited);
    await mallory.logsOut();
    await mo.hears('mallory', 'buy');
    await audited.accounts.remove((await audited.accounts.find('mallory'))?.id ?? 0);
    expect(await mo.asks('purge mallory')).toBe('done:3');
    expect(await mo.asks('purge nobody')).toBe('done:0');
    await isClean(audited);
  });

  test('requires a role, and a moderator cannot purge an admin', async () => {
    await using audited = await AuditedServer.start();
    const [alice, mo] = [await audited.server.joins('alice'), await audited.joinsAs('moderator', 'mo')];
    const root = await audited.joinsAs('admin', 'root');
    expect(await alice.asks('purge mo')).toBe('error:denied:purge');
    expect(await mo.asks('purge root')).toBe('error:role:purge');
    expect(await mo.asks('purge mo')).toBe('error:self:purge');
    expect(await root.asks('purge mo')).toBe('done:0');
  });

  test('reports a store that cannot remove messages, or is slow', async () => {
    const [asked, done] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()];
    let removeFrom: MessageLog['removeFrom'];
    const { accounts, storage, messageLog } = memoryStore(() => 0);
    const store = definePlugin({
      name: 'store',
      summary: 'Removes messages as the test says',
      provides: { accounts: Accounts, storage: Storage, messageLog: MessageLog },
      setup: () => ({
        provide: {
          accounts,
          storage,
          messageLog: Object.defineProperty({ ...messageLog }, 'removeFrom', { get: () => removeFrom }),
        },
      }),
    });
    await using audited = await AuditedServer.start({ memory: false, store });
    const root = await audited.joinsAs('admin', 'root');
    await audited.server.registers('mallory');
    expect(await root.asks('purge mallory')).toBe('error:unsupported:purge');
    expect(await root.asks('ban mallory purge')).toBe('error:unsupported:ban');
    removeFrom = () => {
      asked.resolve();
      return done.promise;
    };
    await root.says('purge mallory');
    await asked.promise;
    audited.server.clock.advance(3);
    await root.sees('removing:');
    done.resolve(3);
  });
});

describe('a ban with purge', () => {
  test.each(['ban mallory purge', 'ban mallory 7d purge'])("%s: removes the user's messages, too", async (command) => {
    await using audited = await AuditedServer.start();
    const root = await audited.joinsAs('admin', 'root');
    const mallory = await spammed(audited);
    await root.hears('mallory', 'buy');
    expect(await root.asks(command)).toBe('done:1');
    await mallory.sees('closing:banned');
    await isClean(audited);
  });

  test('is for users only', async () => {
    await using audited = await AuditedServer.start();
    const root = await audited.joinsAs('admin', 'root');
    for (const words of ['198.51.100.7 purge', 'mallory 7d purge purge', 'mallory purge 7d']) {
      expect(await root.asks(`ban ${words}`)).toBe('error:args:ban');
    }
  });
});
