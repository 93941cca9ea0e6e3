import type { Readable } from 'node:stream';
import { Framer } from '../../wire/framing.ts';

/** A line of a script: a command, or why it cannot be sent. */
export type ScriptLine =
  | { readonly number: number; readonly word: string; readonly rest: string }
  | { readonly number: number; readonly problem: string };

/** The longest line that is read, in bytes: more than a server accepts. */
const LONGEST = 1024 * 1024;

/**
 * The lines of a script, which end with LF or CRLF, like those of the line protocol. Ignores blanks and a byte order mark
 * before a command, and empty lines. A line that cannot be sent unchanged is a problem: it is never shortened or split.
 */
export async function* scriptLines(input: Readable): AsyncGenerator<ScriptLine, void, undefined> {
  const framer = new Framer(LONGEST);
  let number = 0;
  function* cut(): Generator<ScriptLine> {
    for (let read = framer.next(); read !== undefined; read = framer.next()) {
      number++;
      const line = 'fault' in read ? { problem: FAULTS[read.fault] } : calledBy(read.text);
      if (line !== undefined) yield { number, ...line };
    }
  }
  for await (const chunk of input) {
    framer.push(Buffer.from(chunk));
    yield* cut();
  }
  // The last line may have no end.
  framer.push(Buffer.from('\n'));
  yield* cut();
}

const FAULTS = { encoding: 'it is not valid UTF-8', 'too-long': 'it is too long' } as const;

function calledBy(line: string): { word: string; rest: string } | { problem: string } | undefined {
  const text = line.trimStart();
  if (text === '') return undefined;
  if (text.includes('\0')) return { problem: 'it contains a NUL character, as UTF-16 does' };
  if (text.includes('\r')) return { problem: 'it contains a carriage return; lines end with LF or CRLF' };
  const [, word = '', rest = ''] = /^\/?(\S*) ?(.*)$/s.exec(text) ?? [];
  return word === '' ? { problem: 'there is no command after the /' } : { word, rest };
}
