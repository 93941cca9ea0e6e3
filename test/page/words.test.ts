import { describe, expect, test } from 'vitest';
import { PASSWORD } from '../support/program.ts';
import { startProgramTown, startTown } from '../support/town.ts';
import { CHROMIUM, type Visitor } from '../support/visitor.ts';

/** A file with a plugin that asks something right after a login, and then writes to who has come. */
const WARDEN = `
import { definePlugin } from 'chatserv';

export default definePlugin({
  name: 'warden',
  summary: 'Greets in person',
  setup: ({ server }) => ({
    hooks: {
      async onLogin(session) {
        await session.ask('rules read');
        await server.post({ from: { id: 0, name: '*server*' }, to: [session.account], text: 'mind the step' });
      },
    },
  }),
});
`;

/** Everything that is to be read on the page. */
const words = ({ page }: Visitor) => page.evaluate('document.body.innerText') as Promise<string>;

const about = (visitor: Visitor, text: string | RegExp) =>
  visitor.page.locator('#talk-about').filter({ hasText: text }).waitFor();

/** The dots that say that somebody is online. */
const dots = ({ page }: Visitor) => page.locator('.face.online').count();

describe.skipIf(CHROMIUM === undefined)('what the page says', { timeout: 120_000 }, () => {
  test('is true for a user who joins in the middle of a conversation, and of messages to several', async () => {
    await using town = await startTown();
    const [bob, carol] = [await town.server.joins('bob'), await town.server.joins('carol')];
    expect(await bob.asks('broadcast it is raining')).toBe('sent:');
    await carol.hears('bob', 'it is raining');
    const ada = await town.arrives();
    await ada.registers('ada');
    await about(ada, '3 people online');
    expect(await words(ada)).toContain('Earlier messages are not shown here.');
    expect(await words(ada)).not.toContain('Nothing was said');

    // What bob writes to ada and carol is a conversation of its own, even if the one with bob is open.
    await ada.opens('bob');
    expect(await bob.asks('message (ada carol) bring umbrellas')).toBe('sent:');
    await ada.entry('bob, carol').locator('.badge', { hasText: '1' }).waitFor();
    expect(await words(ada)).toContain('What you write here goes to this person only.');
    await ada.opens('bob, carol');
    await ada.hears('bring umbrellas');
    expect(await words(ada)).not.toMatch(/only the two|\bonly\b/i);
    await ada.opens('carol');
    expect(await words(ada)).toContain('What you write here goes to this person only.');
  });

  test('about who is online is shown only while that is known', async () => {
    await using town = await startProgramTown({}, [/WebSocket|ERR_/]);
    const { server } = town;
    const [, port] = await server.prints(/http \S+:(\d+)/);
    const ada = await town.arrives();
    await ada.registers('ada');
    await about(ada, 'Only you are online');
    const bob = await server.joins('bob');
    await ada.entry('bob').waitFor();
    await server.joins('carol');
    await ada.entry('carol').waitFor();
    expect(await bob.asks('message ada hello')).toBe('sent:');
    await ada.opens('bob');
    await ada.hears('hello');
    await expect.poll(() => dots(ada)).toBe(3);

    await server.configures({ plugins: { http: { port: Number(port) } } });
    await server.kill();
    await about(ada, 'Not connected');
    expect(await dots(ada)).toBe(0);
    expect(await words(ada)).not.toMatch(/\bOnline\b/);
    await ada.page.getByRole('list', { name: 'Last seen online' }).getByText('carol').waitFor();

    await server.start();
    await ada.page.locator('#me-state', { hasText: 'Online' }).waitFor({ timeout: 40_000 });
    await about(ada, 'Away; gets your messages later');
    expect(await words(ada)).not.toContain('Last seen online');
    expect(await dots(ada)).toBe(0);
    await ada.opens('Everyone');
    await about(ada, 'Only you are online');
  });

  test('does not mention who is online before the server has said so, nor the server as an absent user', async () => {
    await using town = await startProgramTown({ plugins: { './warden.ts': true } }, [], { 'warden.ts': WARDEN });
    const ada = await town.arrives();
    await ada.page.getByRole('button', { name: 'Make an account' }).click();
    await ada.tries('ada', PASSWORD, 'Make the account');
    const question = ada.page.getByLabel('rules read');
    await question.waitFor();
    expect(await ada.page.locator('#talk-about').textContent()).toBe('');
    expect(await words(ada)).not.toContain('Nobody else is online');
    await question.fill('yes');
    await question.press('Enter');
    await about(ada, 'Only you are online');
    await ada.opens('*server*');
    await ada.page.locator('.announcement', { hasText: 'mind the step' }).waitFor();
    await about(ada, 'Sent by the server; it does not read replies');
  });

  test('about a name is no more than is known', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    await town.server.registers('bob');
    await ada.says('/message ghost boo');
    await about(ada, /^Not online$/);
    await ada.page
      .locator('.remark', {
        hasText: 'Not sent to ghost: no such user, too many unread messages, or they do not take messages from you.',
      })
      .waitFor();
    await about(ada, /^Not online$/);
    await ada.says('/message bob hello');
    await about(ada, 'Away; gets your messages later');
    await ada.says('/message (ghost spook) boo');
    await ada.page.locator('.remark', { hasText: 'Not sent to ghost and spook' }).waitFor();
  });

  test('does not promise offline messages if the server stores none', async () => {
    await using town = await startTown({ plugins: { 'offline-messages': false } });
    const ada = await town.arrives();
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    await ada.opens('bob');
    expect(await words(ada)).toContain('Only people who are online get it.');
    expect(await bob.asks('message ada hello')).toBe('sent:');
    await ada.hears('hello');
    await bob.logsOut();
    await about(ada, 'Away; messages are not stored here');
    await ada.says('are you there?');
    const remark = 'Not sent to bob: not online, and this server does not store messages.';
    await ada.page.locator('.remark', { hasText: remark }).waitFor();
    await ada.page.getByRole('button', { name: 'Write to someone' }).click();
    await ada.page.locator('#start-hint', { hasText: 'Only people who are online get it.' }).waitFor();
  });
});
