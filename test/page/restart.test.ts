import { describe, expect, test } from 'vitest';
import type { Program } from '../support/program.ts';
import { startProgramTown, type Town } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

/** Has the program listen on the same HTTP port again when it is started the next time. */
async function staysAtItsPort({ server, url }: Town<Program>): Promise<void> {
  await server.configures({ plugins: { http: { port: Number(new URL(url).port) } } });
}

describe.skipIf(CHROMIUM === undefined)('a server that is killed', { timeout: 120_000 }, () => {
  test('and restarted loses no message of a conversation on the page and repeats none', async () => {
    await using town = await startProgramTown({}, [/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|Connection closed/]);
    const [ada, bob] = [await town.arrives(), await town.arrives()];
    await ada.registers('ada');
    await bob.registers('bob');
    await town.server.registers('carol');
    await ada.entry('bob').waitFor();
    await staysAtItsPort(town);

    const said: string[] = [];
    const says = async (text: string) => {
      said.push(text);
      await ada.says(text);
    };
    for (let round = 1; round <= 2; round++) {
      for (const word of ['one', 'two', 'three', 'four', 'five']) await says(`${round} ${word}`);
      // In the middle of them: some are confirmed, some on their way.
      await town.server.kill();
      await ada.page.locator('#banner-text', { hasText: 'Trying again in' }).waitFor();
      await says(`${round} written meanwhile`);
      await ada.page.locator('.message.waiting').last().waitFor();
      await bob.page.locator('#banner-text', { hasText: 'The connection was lost' }).waitFor();
      await town.server.start();
      for (const visitor of [ada, bob]) {
        const retry = visitor.page.getByRole('button', { name: 'Try now' });
        // Whether by itself or by the button, whichever comes first.
        await retry.click({ timeout: 1_000 }).catch(() => {});
        await visitor.page.locator('#me-state', { hasText: 'Online' }).waitFor();
      }
      await bob.hears(`${round} written meanwhile`);
    }
    await expect.poll(() => ada.page.locator('.message.waiting').count()).toBe(0);
    expect(await ada.texts()).toEqual(said);
    expect(await bob.texts()).toEqual(said);
    expect(await ada.page.locator('.message.failed').count()).toBe(0);
    // Who was away all the time has it in the same order.
    const carol = await town.server.returns('carol');
    for (const text of said) await carol.hears('ada', text);
    await carol.seesNothing();
  });
});
