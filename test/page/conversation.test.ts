import { describe, expect, test } from 'vitest';
import { startTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

describe.skipIf(CHROMIUM === undefined)('a conversation on the page', { timeout: 120_000 }, () => {
  test('two browsers and nc chat in public and in private', async () => {
    await using town = await startTown();
    const [ada, bob] = [await town.arrives(), await town.arrives()];
    await ada.registers('ada');
    await bob.registers('bob');
    const carol = await town.server.joins('carol');

    await ada.entry('bob').waitFor();
    await ada.entry('carol').waitFor();
    await ada.says('good morning, all');
    await bob.hears('good morning, all');
    await carol.hears('ada', 'good morning, all');
    await carol.says('broadcast hello from a terminal');
    await carol.sees('sent:');
    await ada.hears('hello from a terminal');
    await bob.hears('hello from a terminal');

    await ada.opens('carol');
    await ada.says('only for you', 'and this');
    await carol.hears('ada', 'only for you');
    await carol.hears('ada', 'and this');
    await carol.says('message ada thank you');
    await carol.sees('sent:');
    await ada.hears('thank you');
    expect(await ada.texts()).toEqual(['only for you', 'and this', 'thank you']);
    expect(await bob.texts()).toEqual(['good morning, all', 'hello from a terminal']);

    await carol.logsOut();
    await ada.page.locator('#talk-about', { hasText: 'Away' }).waitFor();
    await ada.says('for later');
    await ada.messages.locator('.body', { hasText: 'for later' }).waitFor();
    const back = await town.server.returns('carol');
    await back.hears('ada', 'for later');
  });

  test('unread messages are counted in the list and in the title until they are read', async () => {
    await using town = await startTown({ plugins: { page: { title: 'Town' } } });
    const ada = await town.arrives();
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    await bob.says('message ada one', 'message ada two');
    await bob.seesInOrder('sent:', 'sent:');
    await ada.entry('bob').locator('.badge', { hasText: '2' }).waitFor();
    expect(await ada.page.title()).toBe('(2) Town');
    await ada.opens('bob');
    expect(await ada.texts()).toEqual(['one', 'two']);
    await ada.entry('bob').locator('.badge').waitFor({ state: 'detached' });
    expect(await ada.page.title()).toBe('Town');
  });

  test('a message goes to several users, and unknown ones are named', async () => {
    await using town = await startTown();
    const ada = await town.arrives();
    await ada.registers('ada');
    const [bob, carol] = [await town.server.joins('bob'), await town.server.joins('carol')];
    await ada.page.getByRole('button', { name: 'Write to someone' }).click();
    await ada.page.getByLabel('Names').fill('bob, carol ghost');
    await ada.page.getByRole('button', { name: 'Write', exact: true }).click();
    await ada.says('lunch at noon?');
    await bob.hears('ada', 'lunch at noon?');
    await carol.hears('ada', 'lunch at noon?');
    await ada.page.locator('.remark', { hasText: 'but not to ghost: no such user' }).waitFor();
    await bob.says('message ada yes');
    await bob.sees('sent:');
    await ada.opens('bob');
    await ada.hears('yes');
  });

  test('commands are answered on the page only, and errors are explained', async () => {
    await using town = await startTown();
    const [ada, bob] = [await town.arrives(), await town.server.joins('bob')];
    await ada.registers('ada');
    await ada.says('/who', '/help', '/fly', '/wholst 5', '/ who', '/wholast soon', '//not a command');
    const notes = ada.page.locator('#messages .note');
    await notes.filter({ hasText: /\/who .*(ada bob|bob ada)/ }).waitFor();
    await notes.filter({ hasText: '/help [command]' }).waitFor();
    await notes.filter({ hasText: 'There is no command /fly, so nothing was sent. /help lists' }).waitFor();
    await notes.filter({ hasText: 'Did you mean /wholast' }).waitFor();
    await notes.filter({ hasText: 'A line that starts with / is a command.' }).waitFor();
    await notes.filter({ hasText: 'Usage: /wholast <minutes>' }).waitFor();
    await bob.hears('ada', '/not a command');
    await ada.says('/message bob a word');
    await bob.hears('ada', 'a word');
    await ada.page.locator('#talk-name', { hasText: 'bob' }).waitFor();
    await ada.says(' /message bob\u00a0x', '\t/message bob another');
    await bob.hears('ada', 'another');
    await ada.says('/broadcast hello, all');
    await bob.hears('ada', 'hello, all');
    await ada.page.locator('#talk-name', { hasText: 'Everyone' }).waitFor();
    await ada.hears('hello, all');
    await bob.seesNothing();
  });

  test('a message has several lines; a command has one, and a text that is too long is not sent', async () => {
    await using town = await startTown();
    const [ada, bob] = [await town.arrives(), await town.server.joins('bob')];
    await ada.registers('ada');
    await ada.composer.fill('first');
    await ada.composer.press('Shift+Enter');
    await ada.composer.pressSequentially('/second');
    await ada.composer.press('Enter');
    await bob.hears('ada', 'first /second');
    await ada.says('/message bob one\n\ntwo');
    await ada.page.locator('#composer-count', { hasText: 'The first line starts with / like a command' }).waitFor();
    expect(await ada.composer.inputValue()).toBe('/message bob one\n\ntwo');
    await ada.says('\nif (true) {\n\n\n\n  // indented  \n// not\n\n');
    await bob.hears('ada', 'if (true) {   // indented // not');
    expect(await ada.texts()).toEqual(['first\n/second', 'if (true) {\n\n  // indented\n// not']);

    const count = ada.page.locator('#composer-count');
    await ada.composer.fill('x'.repeat(3_800));
    await count.filter({ hasText: /^\d+ left$/ }).waitFor();
    const left = Number.parseInt((await count.textContent()) ?? '', 10);
    await ada.composer.fill('x'.repeat(3_800 + left + 1));
    await count.filter({ hasText: 'Too long by 1 character' }).waitFor();
    await ada.composer.fill('é'.repeat(1_970));
    await count.filter({ hasText: /^Too long by \d\d? characters$/ }).waitFor();
    await ada.composer.fill('line\n'.repeat(101));
    await count.filter({ hasText: 'Too many lines: 101' }).waitFor();
    await ada.composer.fill('x'.repeat(3_800 + left + 1));
    await ada.composer.press('Enter');
    expect(await ada.composer.inputValue()).toHaveLength(3_800 + left + 1);
    await ada.composer.fill('x'.repeat(3_800 + left));
    await ada.composer.press('Enter');
    await bob.hears('ada', 'x'.repeat(3_800 + left));
  });

  test('a reload of the page keeps conversations and login; logging out forgets both', async () => {
    await using town = await startTown();
    const [ada, bob] = [await town.arrives(), await town.server.joins('bob')];
    await ada.registers('ada');
    await ada.says('before');
    await bob.hears('ada', 'before');
    await bob.says('message ada psst');
    await bob.sees('sent:');
    await ada.entry('bob').locator('.badge').waitFor();
    await ada.opens('bob');
    await ada.composer.fill('half a sentence');
    await bob.says('broadcast meanwhile');
    await bob.sees('sent:');
    await ada.entry('Everyone').locator('.badge').waitFor();

    await ada.page.reload();
    await ada.page.locator('#me-state', { hasText: 'Online' }).waitFor();
    expect(await ada.texts()).toEqual(['psst']);
    expect(await ada.composer.inputValue()).toBe('half a sentence');
    await ada.entry('Everyone').locator('.badge', { hasText: '1' }).waitFor();
    await ada.opens('Everyone');
    expect(await ada.texts()).toEqual(['before', 'meanwhile']);
    await ada.says('after');
    await bob.hears('ada', 'after');
    await bob.seesNothing();

    await ada.page.getByRole('button', { name: 'Settings' }).click();
    await ada.page.getByRole('button', { name: 'Log out' }).click();
    await ada.page.getByLabel('Name', { exact: true }).waitFor();
    expect(await ada.page.evaluate('[...Object.keys(sessionStorage), ...Object.keys(localStorage)]')).toEqual([
      'chatserv / device',
    ]);
    await bob.asksUntil('whoelse', '');
    // What the server keeps is there again.
    await ada.logsIn('ada');
    await ada.hears('after');
    expect(await ada.texts()).toEqual(['before', 'meanwhile', 'after']);
  });

  test('visible messages are read, and those that came while the page was hidden follow a divider', async () => {
    await using town = await startTown({ plugins: { page: { title: 'Town' } } });
    const ada = await town.arrives();
    await ada.page.addInitScript("Object.defineProperty(document, 'hidden', { get: () => window.isHidden === true });");
    await ada.page.reload();
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    const tell = async (text: string) => {
      await bob.says(`broadcast ${text}`);
      await bob.sees('sent:');
      await ada.hears(text);
    };
    await tell('one');
    // To its place in the list; on a desk the conversation stays in sight.
    await ada.page.keyboard.press('Escape');
    await tell('two');
    await ada.entry('Everyone').locator('.last', { hasText: 'two' }).waitFor();
    expect(await ada.page.title()).toBe('Town');
    await ada.page.evaluate('window.isHidden = true');
    await tell('three');
    await tell('four');
    expect(await ada.page.title()).toBe('(2) Town');
    const order = ada.page.locator('#messages :is(.message, .divider)');
    expect((await order.allTextContents()).indexOf('New')).toBe(2);
    await ada.page.evaluate("window.isHidden = false; document.dispatchEvent(new Event('visibilitychange'))");
    await expect.poll(() => ada.page.title()).toBe('Town');
  });

  test('a long conversation shows the latest messages, with their day and sender', async () => {
    await using town = await startTown({ limits: { linesPerSecond: 0, bytesPerSecond: 0 } });
    const [ada, bob] = [await town.arrives(), await town.server.joins('bob')];
    await ada.registers('ada');
    for (let i = 1; i <= 310; i++) await bob.says(`broadcast ${i}`);
    await ada.hears('310');
    const texts = await ada.texts();
    expect([texts.length, texts[0], texts.at(-1)]).toEqual([300, '11', '310']);
    const shown = ada.page.locator('#messages li');
    expect(await shown.count()).toBe(301);
    expect(await shown.first().textContent()).toBe('Today');
    expect(await shown.nth(1).locator('.name').textContent()).toBe('bob');
  });

  test('the conversation and the list scroll, and the page itself does not', async () => {
    await using town = await startTown();
    const ada = await town.arrives({ viewport: { width: 1000, height: 320 } });
    await ada.registers('ada');
    for (const name of ['bob', 'carol', 'dan', 'emma', 'finn']) {
      const person = await town.server.joins(name);
      for (const word of ['hello', 'all', 'here']) await person.asks(`broadcast ${word}`);
      await ada.entry(name).waitFor();
    }
    for (const place of ['#talks', '#scroll']) {
      const over = ada.page.locator(place).evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
      expect(await over, place).toBeGreaterThan(0);
    }
    expect(await ada.page.evaluate('document.documentElement.scrollHeight - innerHeight')).toBe(0);
  });

  test('the list can be clicked while many messages arrive', async () => {
    await using town = await startTown({ limits: { linesPerSecond: 0, bytesPerSecond: 0 } });
    const [ada, bob] = [await town.arrives(), await town.server.joins('bob')];
    await ada.registers('ada');
    await bob.says('message ada psst');
    await bob.sees('sent:');
    await ada.opens('bob');
    const box = await ada.entry('Everyone').boundingBox();
    await ada.page.mouse.move((box?.x ?? 0) + 80, (box?.y ?? 0) + 10);
    await ada.page.mouse.down();
    await bob.says('broadcast while the button is down');
    await bob.sees('sent:');
    await ada.entry('Everyone').locator('.last', { hasText: 'while the button is down' }).waitFor();
    await ada.page.mouse.up();
    await ada.page.locator('#talk-name', { hasText: 'Everyone' }).waitFor();
  });

  test('a hidden page shows notifications, once its user has switched them on', async () => {
    await using town = await startTown();
    const ada = await town.arrives({ permissions: ['notifications'] });
    await ada.page.addInitScript(`
      window.shown = [];
      window.Notification = class extends EventTarget {
        static permission = 'default';
        static async requestPermission() { return (this.permission = 'granted'); }
        constructor(title, { body }) { super(); window.shown.push(title + ': ' + body); }
      };
      Object.defineProperty(document, 'hidden', { get: () => window.isHidden === true });
    `);
    await ada.page.goto(town.url);
    await ada.registers('ada');
    const bob = await town.server.joins('bob');
    const shown = () => ada.page.evaluate('window.shown');
    const tell = async (text: string) => {
      await bob.says(`message ada ${text}`);
      await bob.sees('sent:');
      await ada.entry('bob').locator('.last', { hasText: text }).waitFor();
    };
    await ada.page.evaluate('window.isHidden = true');
    await tell('unasked');
    expect(await shown()).toEqual([]);
    await ada.page.evaluate('window.isHidden = false');
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    await ada.page.getByLabel('while this page is hidden').check();
    await ada.page.keyboard.press('Escape');
    await tell('seen');
    await ada.page.evaluate('window.isHidden = true');
    await tell('asked for');
    expect(await shown()).toEqual(['bob: asked for']);
  });
});
