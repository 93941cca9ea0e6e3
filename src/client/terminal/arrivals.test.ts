import { expect, test } from 'vitest';
import type { Received } from '../owner.ts';
import { Arrivals } from './arrivals.ts';
import type { Display } from './display.ts';
import { View } from './view.ts';

test('what is sent while messages are collected is shown after them', () => {
  const shown: string[] = [];
  const display: Pick<Display, 'show' | 'print' | 'isShown'> = {
    show: (all) => shown.push(...all.map((one) => ('text' in one ? one.text : one.kind))),
    print: (render) => shown.push(render().join('').replaceAll('─', '').trim()),
    isShown: () => true,
  };
  const arrivals = new Arrivals(display as Display, new View(process.stdout, () => 80));
  const message = (text: string, waited: boolean) => arrivals.message({ text, waited } as Received);
  arrivals.sent(() => shown.push('before'));
  message('one', true);
  arrivals.sent(() => shown.push('mine'));
  message('two', true);
  expect(shown).toEqual(['before']);
  arrivals.caughtUp();
  message('three', false);
  expect(shown.slice(1)).toEqual(['2 messages while you were away', 'one', 'two', 'now', 'mine', 'three']);
});
