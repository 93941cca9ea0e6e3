import { describe, expect, test } from 'vitest';
import { NATS } from '../support/nats-program.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { chaos } from './chaos.ts';

/** How long mishaps happen, in seconds. CHAOS=60 has 300 clients, as `npm run chaos`; by default each happens once. */
const SECONDS = Number(process.env.CHAOS ?? 1);

const isWhole = SECONDS >= 60;
const scale = isWhole
  ? { clients: 300, rooms: 20, pause: 2_000, longest: 2_000 }
  : { clients: 40, rooms: 5, pause: 300, longest: 600 };

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('three servers', () => {
  test('lose nothing, double nothing and have one order, while each part is killed, stalled and cut off', {
    timeout: 180_000 + SECONDS * 3_000,
  }, async () => {
    const { wrong, report } = await chaos({ ...scale, seconds: SECONDS, isWhole }, () => {});
    expect(wrong, report).toEqual([]);
  });
});
