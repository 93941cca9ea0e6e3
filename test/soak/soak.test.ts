import { expect, test } from 'vitest';
import { soak } from './soak.ts';

/** How long, in seconds. SOAK=3600 makes an hour of it, as `npm run soak` does. */
const SECONDS = Number(process.env.SOAK ?? 30);

test(`${SECONDS} s of churn: memory, descriptors and delay stay flat, and nothing is lost`, {
  timeout: SECONDS * 2_000 + 120_000,
}, async () => {
  const { wrong, report } = await soak(SECONDS, () => {});
  expect(wrong, report).toEqual([]);
});
