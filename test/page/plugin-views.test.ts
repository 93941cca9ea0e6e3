import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { answered, comes } from '../support/comes.ts';
import { startProgramTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

const example = (name: string) => readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8');
const FILES = { 'room-poll.ts': example('room-poll.ts'), 'room-poll.page.js': example('room-poll.page.js') };

describe.skipIf(CHROMIUM === undefined)("a plugin's script on the page", { timeout: 120_000 }, () => {
  test('shows a poll with buttons, and counts the votes', async () => {
    await using town = await startProgramTown({ plugins: { './room-poll.ts': true } }, [], FILES);
    const ada = await town.arrives();
    await ada.registers('ada');
    await ada.says('/create #lab');
    await ada.entry('#lab').waitFor();
    await ada.opens('#lab');
    const bob = await town.server.joins('bob');
    await answered(bob, 'join #lab', /^joined:#lab/);
    await ada.says('/poll #lab tea at four?');
    await comes(bob, /ada asks: tea at four\?/);
    const choice = (name: string) => ada.page.locator('#messages .shown').getByRole('button', { name });
    await choice('no 0').waitFor();
    await choice('yes 0').click();
    await comes(bob, /ada votes yes/);
    await choice('yes 1').waitFor();
    expect(await choice('yes 1').getAttribute('aria-pressed')).toBe('true');
    const { facts } = { facts: await ada.page.locator('.answer', { hasText: '/poll' }).textContent() };
    const [, id] = /asked:(\d+)/.exec(facts ?? '') ?? [];
    await answered(bob, `vote ${id} no`, /^voted/);
    await choice('no 1').waitFor();
    // Another device reads it from the history.
    const desk = await town.arrives();
    await desk.logsIn('ada');
    await desk.opens('#lab');
    await desk.page.locator('#messages .shown').getByRole('button', { name: 'no 1' }).waitFor();
  });
});
