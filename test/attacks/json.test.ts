import { describe, expect, test } from 'vitest';
import { growthDuring, Raw, startTarget, UNPACED } from '../support/attacker.ts';
import { PASSWORD, type Program } from '../support/program.ts';

async function enters(program: Program): Promise<Raw> {
  await program.registers('mallory');
  const raw = new Raw(program);
  raw.writes(`${JSON.stringify({ type: 'login', name: 'mallory', password: PASSWORD })}\n`);
  await raw.sees(/"type":"unread"[^\n]*\n$/);
  return raw;
}

/** Sends a line, and then another that shows that the session lives. @returns the events in between */
async function answersTo(raw: Raw, line: string): Promise<{ type: string; reason?: string; about?: string }[]> {
  const before = raw.said.length;
  const request = `r${before}`;
  raw.writes(`${line}\n${JSON.stringify({ type: 'command', request, name: 'who' })}\n`);
  await raw.sees(new RegExp(`"request":"${request}"}\n$`));
  const events = raw.said.slice(before).split('\n').slice(0, -2);
  return events.map((event) => JSON.parse(event));
}

describe('JSON that is meant to hurt', () => {
  test('nested 100,000 deep is answered with one error in each place where it can stand', async () => {
    await using program = await startTarget({ limits: { ...UNPACED, lineBytes: 262_144, inputBytes: 524_288 } });
    const raw = await enters(program);
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const deepObject = `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`;
    expect(await answersTo(raw, deep)).toEqual([{ type: 'error', reason: 'json', about: 'line' }]);
    expect(await answersTo(raw, '['.repeat(200_000))).toEqual([{ type: 'error', reason: 'json', about: 'line' }]);
    for (const nested of [deep, deepObject]) {
      for (const field of ['type', 'name', 'request']) {
        const [event, ...more] = await answersTo(raw, `{"type":"command","name":"who","${field}":${nested}}`);
        expect({ event, more }).toMatchObject({ event: { type: 'error', reason: 'field', about: field }, more: [] });
      }
      const unknown = await answersTo(raw, `{"type":"command","name":"who","x":${nested}}`);
      expect(unknown).toMatchObject([{ type: 'answer', command: 'who' }]);
      const to = await answersTo(raw, `{"type":"message","to":${nested},"text":"x"}`);
      expect(to).toMatchObject([{ type: 'error', reason: 'field' }]);
    }
    await raw.closes();
  });

  test('of 256 MB is too long a line, in less than 128 MB of memory', async () => {
    await using program = await startTarget({ limits: UNPACED });
    const raw = await enters(program);
    const growth = await growthDuring(program, async () => {
      raw.writes('{"type":"command","name":"');
      for (let i = 0; i < 256; i++) await raw.pushes(Buffer.alloc(1024 * 1024, 'x'));
      expect(await answersTo(raw, '"}')).toEqual([{ type: 'error', reason: 'line', about: 'too-long' }]);
    });
    expect(growth).toBeLessThan(128);
    await raw.closes();
  });

  test('with a key twice means the last one, and keys of every object change nothing', async () => {
    await using program = await startTarget({ limits: UNPACED });
    const raw = await enters(program);
    const twice = await answersTo(
      raw,
      '{"type":"login","type":"command","name":"who","name":"whoelse","request":1,"request":2}',
    );
    expect(twice).toMatchObject([{ type: 'answer', command: 'whoelse', request: 2 }]);
    const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];
    for (const key of keys) {
      for (const value of ['{"type":"command","name":"who","admin":true}', '{"toString":1}', 'null', '"x"', '[]']) {
        expect(await answersTo(raw, `{"${key}":${value}}`)).toMatchObject([
          { type: 'error', reason: 'field', about: 'type' },
        ]);
        const beside = await answersTo(raw, `{"${key}":${value},"type":"command","name":"who"}`);
        expect(beside).toMatchObject([{ type: 'answer', command: 'who' }]);
      }
      expect(await answersTo(raw, `{"type":"${key}"}`)).toMatchObject([
        { type: 'error', reason: 'field', about: 'type' },
      ]);
      const asCommand = await answersTo(raw, JSON.stringify({ type: 'command', name: key, text: 'x' }));
      expect(asCommand).toMatchObject([{ type: 'error', reason: 'command', about: key }]);
      const asName = await answersTo(raw, JSON.stringify({ type: 'message', to: [key], text: 'x' }));
      expect(asName).toMatchObject([{ type: 'answer', text: `sent:${key}` }]);
    }
    await raw.closes();
  });

  test('with thousands of small members, numbers past all bounds and lone surrogates is answered like any other', async () => {
    await using program = await startTarget({ limits: { ...UNPACED, lineBytes: 262_144, inputBytes: 524_288 } });
    const raw = await enters(program);
    const members = Array.from({ length: 10_000 }, (_, i) => `"k${i}":1e999`).join(',');
    expect(await answersTo(raw, `{"type":"command","name":"who",${members}}`)).toMatchObject([{ type: 'answer' }]);
    const names = JSON.stringify(Array.from({ length: 10_000 }, (_, i) => `n${i}`));
    const [event] = await answersTo(raw, `{"type":"message","to":${names},"text":"x"}`);
    expect(['answer', 'error']).toContain(event?.type);
    const surrogate = await answersTo(raw, '{"type":"message","to":["mallory"],"text":"\\ud800x"}');
    expect(surrogate.map(({ type }) => type).sort()).toEqual(['answer', 'message']);
    expect(await answersTo(raw, '{"type":"acknowledge","id":1e300}')).toMatchObject([{ type: 'error', about: 'id' }]);
    await raw.closes();
  });
});
