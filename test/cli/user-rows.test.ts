import { describe, expect, test } from 'vitest';
import { userRows } from '../../src/cli/user-rows.ts';

/** What a list gives: `name/secret`, or what is wrong with a line. */
function read(text: string): string[] {
  return userRows(text).rows.map((row) => `${row.line}: ${'fault' in row ? row.fault : `${row.name}/${row.secret}`}`);
}

describe('a list of users', () => {
  test.each<[string, string, string[]]>([
    ['as a person writes it', 'ada,tea, at four\n\n Bruno , cake \n', ['1: ada/tea, at four', '3: Bruno/cake']],
    ['with quotes', '"carl","tea ""at"" four"\n"d;e" , "a,b"', ['1: carl/tea "at" four', '2: d;e/a,b']],
    ['with quotes in the middle', 'ada,say "tea"', ['1: ada/say "tea"']],
    ['with semicolons', 'ada;tea, four\nbob;"a;b"', ['1: ada/tea, four', '2: bob/a;b']],
    ['with tabs', 'ada\ttea, four', ['1: ada/tea, four']],
    ['with a first line', 'class;Password;User name\n3b;tea;ada', ['2: ada/tea']],
    ['with a semicolon in a name', 'a;b,tea', ['1: a;b/tea']],
    ['with one line, which a semicolon may be part of', 'nora;tea', ['1: 1 column instead of 2.']],
    ['with a quote that is not closed', 'ada,"tea\nbob,cake', ['1: A quote is not closed.', '2: bob/cake']],
    ['with text beside quotes', '"ada"x,tea\nbob,cake', ['1: There is text beside a quoted field.', '2: bob/cake']],
    [
      'with too much on a line',
      'ada,"tea",x\nbob,cake',
      ['1: 3 columns instead of 2: put quotes around fields that contain commas.', '2: bob/cake'],
    ],
    [
      'with more than the first line names',
      'name,password\nada,tea, at four',
      ['2: 3 columns instead of 2: put quotes around fields that contain commas.'],
    ],
    ['of nothing', '\n \n', []],
  ])('%s', (_what, text, rows) => {
    expect(read(text)).toEqual(rows);
  });
});
