import { expect, test } from 'vitest';
import { type Decision, type Guarding, hooksOf, type Watching } from '../../src/hooks/phases.ts';
import { reserve } from '../../src/hooks/reservation.ts';

/** The hooks of a door. */
interface Door {
  onKnock: {
    guard(name: string): Guarding<'closed' | 'private', string>;
    decide(name: string): Decision<string>;
    observe(name: string, answer: string): Watching;
  };
  onRing: {
    guard(volume: number): 'quiet' | undefined;
  };
}

function door() {
  return hooksOf<Door, 'onRing'>(
    { onKnock: { guard: ['name'], decide: ['name'], observe: ['name', 'answer'] }, onRing: { guard: ['volume'] } },
    (hook) => hook === 'onRing',
  );
}

test('every guard runs, and the first refusal in their order counts', async () => {
  const { guard } = door().onKnock;
  const ran: string[] = [];
  guard.tap('slow', async () => {
    ran.push('slow');
    return undefined;
  });
  guard.tap('private', () => {
    ran.push('private');
    return 'private';
  });
  guard.tap('closed', () => {
    ran.push('closed');
    return 'closed';
  });
  expect((await guard.run('alice')).refusal).toBe('private');
  expect(ran).toEqual(['slow', 'private', 'closed']);
});

test('a reservation is settled once with the outcome, also one that is made after it', async () => {
  const { guard } = door().onKnock;
  const late = Promise.withResolvers<void>();
  const settled: unknown[] = [];
  guard.tap('early', () => reserve((outcome) => settled.push(['early', outcome])));
  guard.tap('closed', () => 'closed');
  guard.tap('late', async () => {
    await late.promise;
    return reserve((outcome) => settled.push(['late', outcome]));
  });
  const passage = await guard.run('alice');
  passage.settle(passage.refusal);
  passage.settle('again');
  expect(settled).toEqual([['early', 'closed']]);
  late.resolve();
  await new Promise(setImmediate);
  expect(settled).toEqual([
    ['early', 'closed'],
    ['late', 'closed'],
  ]);
});

test('a guard that throws settles the reservations without an outcome', async () => {
  const { guard } = door().onKnock;
  const settled: unknown[] = [];
  guard.tap('reserving', () => reserve((outcome) => settled.push(outcome)));
  guard.tap('broken', async () => {
    throw new Error('the bell is broken');
  });
  await expect(guard.run('alice')).rejects.toThrow('the bell is broken');
  expect(settled).toEqual([undefined]);
});

test('the first decision counts, and synchronous handlers cost no promise', () => {
  const { decide, guard } = door().onKnock;
  expect(decide.run('alice')).toBeUndefined();
  decide.tap('undecided', () => undefined);
  decide.tap('first', (name) => `come in, ${name}`);
  decide.tap('second', () => 'go away');
  expect(decide.run('alice')).toBe('come in, alice');
  expect(guard.run('alice')).toMatchObject({ refusal: undefined });
});

test('observers are notified in order, and the caller may wait for them', async () => {
  const { observe } = door().onKnock;
  const seen: string[] = [];
  observe.tap('slow', async (name, answer) => {
    await new Promise(setImmediate);
    seen.push(`${name}: ${answer}`);
    return undefined;
  });
  observe.tap('after', () => {
    seen.push('after');
    return undefined;
  });
  await observe.run('alice', 'come in');
  expect(seen).toEqual(['alice: come in', 'after']);
});

test('a synchronous guard is a plain hook of tapable', () => {
  const { guard } = door().onRing;
  guard.tap('night', (volume) => (volume > 3 ? 'quiet' : undefined));
  expect(guard.call(1)).toBeUndefined();
  expect(guard.call(5)).toBe('quiet');
});
