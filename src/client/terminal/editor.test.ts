import { emitKeypressEvents, type Key } from 'node:readline';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { type EditAction, Editor } from './editor.ts';

const LEFT = '\u001b[D';
const UP = '\u001b[A';
const DOWN = '\u001b[B';

/** Types what a terminal would send. @returns what is to be done about it */
function typed(editor: Editor, bytes: string): EditAction[] {
  const input = new PassThrough();
  const actions: EditAction[] = [];
  emitKeypressEvents(input);
  input.on('keypress', (text: string | undefined, key: Key) => {
    const action = editor.press(text, key);
    if (action !== undefined) actions.push(action);
  });
  input.emit('data', Buffer.from(bytes));
  return actions;
}

test.each([
  ['typing and going back', `abc${LEFT}${LEFT}x`, 'ax', 'bc'],
  ['deleting on both sides', `abcd${LEFT}${LEFT}\u007f\u001b[3~`, 'a', 'd'],
  ['the ends of the line', 'abc\u0001x\u0005y', 'xabcy', ''],
  ['words', 'one two three\u001bb\u001bb\u0017', '', 'two three'],
  ['the rest of a line, and giving it back', `abcd${LEFT}${LEFT}\u000b\u0001\u0019`, 'cd', 'ab'],
  ['everything before the cursor', `abcd${LEFT}\u0015`, '', 'd'],
  ['what is deleted in one go as one', 'one two three\u001bb\u0017\u000b\u0017\u0001\u0019', 'one two three', ''],
  ['a word behind the cursor', 'one two\u0001\u001bd\u0005\u0019', ' twoone', ''],
  ['what is deleted at two times as two', 'one two\u0017x\u0017\u0019', 'one x', ''],
  ['a letter with its marks as one', `xe\u0301y${LEFT}\u007f`, 'x', 'y'],
  ['a mark that is typed after its letter', 'e\u0301\u007f', '', ''],
  ['people who are joined as one', `a👩‍👩‍👧b${LEFT}${LEFT}`, 'a', '👩‍👩‍👧b'],
  ['what is hostile as nothing', 'a\u202eb\u2028c\u009bd\u200be', 'abcde', ''],
])('an editor handles %s', (_, bytes, before, after) => {
  const editor = new Editor();
  expect(typed(editor, bytes)).toEqual([]);
  expect(editor.parts).toEqual([before, after]);
});

test('an editor returns lines, and remembers those that are not secret', () => {
  const editor = new Editor();
  expect(typed(editor, 'one\rtwo\r\r')).toEqual([
    { kind: 'line', line: 'one' },
    { kind: 'line', line: 'two' },
    { kind: 'line', line: '' },
  ]);
  editor.hidden = true;
  typed(editor, 'half a sec\u0015secret\r');
  editor.hidden = false;
  typed(editor, '\u0019');
  expect(editor.text).toBe('');
  typed(editor, `draft${UP}`);
  expect(editor.text).toBe('two');
  typed(editor, `${UP}${UP}${UP}`);
  expect(editor.text).toBe('one');
  typed(editor, `${DOWN}${DOWN}${DOWN}`);
  expect(editor.text).toBe('draft');
});

test('an editor inserts a paste as text, and enters each of its lines', () => {
  const editor = new Editor();
  expect(typed(editor, 'x\u001b[200~a\tb\r\nc\nd\u0003\u001b[201~')).toEqual([
    { kind: 'line', line: 'xa b' },
    { kind: 'line', line: 'c' },
  ]);
  expect(editor.text).toBe('d');
});

test('an editor never truncates a line', () => {
  const editor = new Editor();
  expect(typed(editor, `\u001b[200~${'x'.repeat(8_193)}\ny\n\u001b[201~`)).toEqual([
    { kind: 'too-long' },
    { kind: 'line', line: 'y' },
  ]);
  expect(typed(editor, `\u001b[200~${'x'.repeat(8_193)}\u001b[201~\u0003z\r`)).toEqual([{ kind: 'line', line: 'z' }]);
});

test('an editor reports keys that do not edit', () => {
  const editor = new Editor();
  expect(typed(editor, 'a\t\u000c\u001a\u0003\u0003\u0004').map(({ kind }) => kind)).toEqual([
    'complete',
    'redraw',
    'suspend',
    'interrupt',
    'end',
  ]);
});
