import { type Answer, RequestError } from 'chatserv/client';
import { expect, test } from 'vitest';
import { Outgoing } from './outgoing.ts';
import { type Entry, newTalk, type Talk } from './talk.ts';
import { Talks } from './talks.ts';

/** A page whose server answers when the test says so. */
function newPage(kept?: Talk) {
  const talks = new Talks(() => {}, kept && [kept]);
  const answers: PromiseWithResolvers<Answer>[] = [];
  const outgoing = new Outgoing({
    talks,
    watcher: { added: () => {}, changed: () => {} },
    conversation: () => ({
      message: () => {
        const answer = Promise.withResolvers<Answer>();
        answers.push(answer);
        return answer.promise;
      },
    }),
  });
  const talk = talks.everyone;
  return {
    talks,
    talk,
    says: (text: string) => outgoing.send(talk, 'ada', { text }),
    hears: (id: number, text = `${id}`) => talks.add(talk, messageOf(id, text)),
    /** The server answers what was sent first and has no answer. */
    stores: async (id: number) => {
      answers.shift()?.resolve({ command: 'message', facts: { id, unknown: [] } });
      await settled();
    },
    loses: async () => {
      answers.shift()?.reject(new RequestError('closed', 'message', 'The conversation is over.'));
      await settled();
    },
    returned: (id: number, text: string) => outgoing.returned(talk, { id, text }),
    get texts() {
      return textsOf(talk);
    },
  };
}

/** A message of somebody else. */
function messageOf(id: number, text = `${id}`): Omit<Entry, 'key'> {
  return { id: id || undefined, from: 'bob', mine: false, text, time: 1_000 + id };
}

const textsOf = ({ entries }: Talk) => entries.map(({ text }) => text);

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('messages that wait to be sent come last, and take the place that the server gives them', async () => {
  const page = newPage();
  page.hears(1);
  page.says('while it was down');
  page.says('and this');
  page.hears(2);
  page.hears(5);
  expect(page.texts).toEqual(['1', '2', '5', 'while it was down', 'and this']);
  await page.stores(4);
  expect(page.texts).toEqual(['1', '2', 'while it was down', '5', 'and this']);
  await page.stores(6);
  page.hears(7);
  expect(page.texts).toEqual(['1', '2', 'while it was down', '5', 'and this', '7']);
  // By the clock too it comes before those that follow it.
  expect(page.talk.entries[2]?.time).toBe(messageOf(5).time);
});

test('a message that failed, or is not stored, stays among those that it was written between', async () => {
  const page = newPage();
  page.hears(1);
  page.says('lost');
  await page.loses();
  page.hears(3);
  page.hears(0, 'not stored');
  page.hears(2);
  page.hears(4);
  expect(page.texts).toEqual(['1', 'lost', '2', '3', 'not stored', '4']);
});

test('a message of another device with the text of an earlier one is listed', async () => {
  const page = newPage();
  page.says('ok');
  await page.stores(1);
  expect(page.returned(1, 'ok')).toBe(true);
  expect(page.returned(2, 'ok')).toBe(false);
  page.says('ok');
  expect(page.returned(3, 'ok')).toBe(false);
});

test('a message that came back before its answer is listed once', async () => {
  const page = newPage();
  page.says('to myself');
  page.hears(1, 'to myself');
  await page.stores(1);
  expect(page.texts).toEqual(['to myself']);
});

test('a message in doubt is sent once the server shows that it has it', async () => {
  const page = newPage();
  page.says('perhaps');
  await page.loses();
  page.hears(2);
  expect(page.returned(1, 'perhaps')).toBe(true);
  expect(page.talk.entries[0]).toMatchObject({ id: 1, text: 'perhaps', state: 'sent', remark: undefined });
  const again = newPage({ ...newTalk('everyone'), entries: [{ ...messageOf(0, 'closed'), key: 1, state: 'waiting' }] });
  expect(again.talk.entries[0]?.state).toBe('failed');
  expect(again.returned(3, 'closed')).toBe(true);
  expect(again.talk.entries[0]?.state).toBe('sent');
});

test('a message stored in a gap, or before the oldest one that is left, is loaded with those around it', async () => {
  const page = newPage();
  page.says('before the connection was lost');
  page.talk.gapBefore = 100;
  page.hears(101);
  await page.stores(50);
  expect(page.texts).toEqual(['101']);
  page.says('and once more');
  for (let id = 102; id <= 501; id++) page.hears(id);
  await page.stores(150);
  expect([page.texts.length, page.texts[0], page.texts.at(-1)]).toEqual([299, '203', '501']);
});

test('messages that move to their conversation, or are loaded, come between those that are there', () => {
  const { talks } = newPage();
  const [ada, both] = [talks.open(['ada']), talks.open(['ada', 'cyd'])];
  for (const id of [1, 4]) talks.add(both, messageOf(id));
  const moved = [talks.add(ada, messageOf(3)), talks.add(ada, messageOf(4))];
  talks.move(moved, ada, both);
  expect(textsOf(both)).toEqual(['1', '3', '4']);
  expect(talks.merge(both, talks.keyed([messageOf(3), messageOf(2)]))).toBe(1);
  expect(textsOf(both)).toEqual(['1', '2', '3', '4']);
});
