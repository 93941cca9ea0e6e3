import type { Page } from 'playwright-core';

/** How long a frame lasts at 60 a second, in milliseconds. */
export const FRAME = 1000 / 60;

/** How long the page's own thread computes during an act, in milliseconds. Other programs of the machine make no difference. */
export async function busyDuring(page: Page, act: () => Promise<unknown>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  const before = await busy();
  await act();
  const during = (await busy()) - before;
  await session.detach();
  return during;
}
