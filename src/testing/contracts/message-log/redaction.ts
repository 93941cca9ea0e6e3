import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../index.ts';
import { direct, LogFixture, message, type OpenLog } from './fixture.ts';

/** Redactions, the one kind of entry that the log itself interprets. */
export function redactionContract(name: string, open: OpenLog): void {
  describe(`${name}: redactions`, () => {
    const fixture = new LogFixture(open);

    test('a redaction blanks its entry and the edits of that, and nothing else', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const secret = await fixture.say(alice, to, { body: 'secret' });
      const edits = [
        await fixture.say(alice, to, { kind: 'edit', counts: false, of: secret.id, body: 'a secret' }),
        await fixture.say(alice, to, { kind: 'edit', counts: false, of: secret.id, body: 'no secret' }),
      ];
      const answer = await fixture.say(bob, to, { reply: secret.id, body: 'oh' });
      const told: Entry[] = [];
      const end = fixture.log.follow((entries) => told.push(...entries));
      const redaction = await fixture.say(alice, to, { kind: 'redaction', counts: false, of: secret.id, body: '' });
      end();
      expect(told).toEqual([redaction]);
      const blank = (entry: Entry) => ({ ...entry, body: '', redacted: true });
      const after = [blank(secret), ...edits.map(blank), answer, redaction];
      expect(await fixture.read(bob)).toEqual(after);
      expect(await fixture.log.history(secret.room, { limit: 10 })).toEqual(after);
      expect(await fixture.log.get(secret.id)).toEqual(blank(secret));
      expect(await fixture.log.get(answer.id)).toEqual(answer);
    });

    test('a redaction may be in the same append as its entry, or refer to no entry', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const head = await fixture.log.head();
      const redaction = message(alice, to, { kind: 'redaction', counts: false, body: '' });
      await fixture.append([message(alice, to), { ...redaction, of: head + 1 }]);
      expect(await fixture.read(bob)).toMatchObject([{ body: '', redacted: true }, { kind: 'redaction' }]);
      const ofNothing = await fixture.say(alice, to, { kind: 'redaction', counts: false, of: 1e12 });
      expect((await fixture.ids(bob)).at(-1)).toBe(ofNothing.id);
    });

    test('nothing changes a redacted entry any more, in an append after the redaction or a part of one', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const secret = await fixture.say(alice, to, { body: 'secret' });
      await fixture.say(bob, to, { kind: 'redaction', counts: false, of: secret.id, body: '' });
      const head = await fixture.log.head();
      const edit = message(alice, to, { kind: 'edit', counts: false, of: secret.id, body: 'a secret' });
      await expect(fixture.append([edit])).rejects.toThrow('redacted');
      await expect(fixture.append([message(alice, to), edit])).rejects.toThrow('redacted');
      expect(await fixture.log.head()).toBe(head);
      expect((await fixture.log.changes([secret.id], 10)).map(({ kind }) => kind)).toEqual(['redaction']);
      // Redacting it once more is harmless.
      await fixture.say(alice, to, { kind: 'redaction', counts: false, of: secret.id, body: '' });
    });

    test('an edit and a redaction at the same moment leave no text, in either order', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      for (const isRedactedFirst of [false, true]) {
        const secret = await fixture.say(alice, to, { body: 'secret' });
        const edit = message(alice, to, { kind: 'edit', counts: false, of: secret.id, body: 'a secret' });
        const redaction = message(alice, to, { kind: 'redaction', counts: false, of: secret.id, body: '' });
        const both = isRedactedFirst ? [redaction, edit] : [edit, redaction];
        await Promise.allSettled(both.map((entry) => fixture.append([entry])));
        const bodies = [secret.id, ...(await fixture.log.changes([secret.id], 10)).map(({ id }) => id)];
        for (const id of bodies) expect(await fixture.log.get(id)).toMatchObject({ body: '' });
      }
    });

    test('a redacted message still counts, and its key is still taken', async () => {
      const [alice, bob] = await fixture.some(2);
      const to = direct(alice, bob);
      const key = { sender: alice.id, key: 'k', unknown: [], time: 1 };
      const [first] = await fixture.append([message(alice, to)], key);
      await fixture.say(alice, to, { kind: 'redaction', counts: false, of: first?.id });
      expect(await fixture.log.append([message(alice, to)], key)).toEqual({ duplicateOf: first?.id, unknown: [] });
      expect(await fixture.say(alice, to)).toMatchObject({ seq: 2 });
    });
  });
}
