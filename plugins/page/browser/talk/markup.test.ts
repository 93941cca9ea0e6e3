import { expect, test } from 'vitest';
import { marked } from './markup.ts';

const text = (value: string) => ({ kind: 'text', text: value });

test.for([
  ['plain', [text('plain')]],
  ['run `npm ci` now', [text('run '), { kind: 'code', text: 'npm ci' }, text(' now')]],
  ['`` a`b ``', [{ kind: 'code', text: 'a`b' }]],
  ['see ```const x = 1;```', [text('see '), { kind: 'block', text: 'const x = 1;' }]],
  ['```ts\n  a\n    b\n```', [{ kind: 'block', text: '  a\n    b' }]],
  ['`a\nb`', [{ kind: 'code', text: 'a\nb' }]],
  ['**now** please', [{ kind: 'bold', parts: [text('now')] }, text(' please')]],
  ['**a `b`**', [{ kind: 'bold', parts: [text('a '), { kind: 'code', text: 'b' }] }]],
  // Everything else is what it says.
  ['__init__ *a* _b_ ~~c~~', [text('__init__ *a* _b_ ~~c~~')]],
  [
    '*[x](https://example.org/) ![y](z) <b>c</b> &lt; \\*',
    [text('*[x](https://example.org/) ![y](z) <b>c</b> &lt; \\*')],
  ],
  ['2 ** 3 ** 4', [text('2 ** 3 ** 4')]],
  ['`open', [text('`open')]],
])('the marks of %j', ([written, parts]) => {
  expect(marked(written as string)).toEqual(parts);
});

test('a long text of marks takes no time', () => {
  for (const part of ['*', '`', '**a', '[`', '*`_<']) expect(marked(part.repeat(2_000)).length).toBeGreaterThan(0);
});
