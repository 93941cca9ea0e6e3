import { defineCommand, param } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import openDoor from '../support/open-door.ts';

/** Answers with as many characters as requested. */
const much = defineCommand({
  name: 'much',
  summary: 'Answers much',
  params: { bytes: param.integer('how much', { min: 0 }) },
  run: ({ values: { bytes } }) => 'x'.repeat(bytes),
});

test('a client that pipelines 299 commands, as many as the limits allow, gets every answer, whatever their total size', async () => {
  await using server = await startServer({ 'open-door': openDoor });
  for (let i = 0; i < 130; i++) {
    expect(await server.connect().asks(`somebody-with-a-rather-long-n${i}`)).toBe('welcome');
  }
  const ada = server.connect('ada');
  expect(await ada.asks('ada')).toBe('welcome');
  // 1.3 MB, where 1 MB may be queued.
  await ada.says(...Array.from({ length: 299 }, () => 'who'));
  for (let i = 0; i < 299; i++) await ada.sees(/^somebody.* ada$/);
  expect(server.limitHits).toEqual({});
});

test('one answer may exceed the limit of the outbox, and messages arrive beside it', async () => {
  await using server = await startServer({ much, 'offline-messages': false }, { outboxBytes: 10_000 });
  const [ada, bob] = [await server.joins('ada'), await server.joins('bob')];
  await ada.says('much 1000000', 'much 1000000');
  for (let i = 0; i < 5; i++) expect(await bob.asks(`message ada ${i}`)).toBe('sent:');
  const lines: string[] = [];
  while (lines.length < 7) lines.push(await ada.asks());
  expect(lines.filter((line) => line === 'x'.repeat(1_000_000))).toHaveLength(2);
  expect(lines.filter((line) => line.startsWith('['))).toHaveLength(5);
  expect(server.limitHits).toEqual({});
});
