import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';
import { ConfigErrors } from '../host/config-errors.ts';
import { messageOf } from '../host/thrown.ts';

/** The longest line, in bytes: a file of another kind may have no line end at all. */
const LINE_BYTES = 16 * 2 ** 20;

const LF = 0x0a;
const CR = 0x0d;

/** A line of a file by its number from 1, or what is wrong with it. */
export type FileLine = { readonly number: number } & ({ readonly text: string } | { readonly fault: string });

/**
 * The lines of a text file: UTF-8, or UTF-16 with a byte order mark; only LF and CRLF end a line.
 * @throws ConfigErrors when the file cannot be read
 */
export function linesOf(file: string): AsyncGenerator<FileLine> {
  return linesIn(chunksOf(file));
}

/** The lines of a text, like `linesOf`. */
export async function* linesIn(chunks: AsyncIterable<Buffer>): AsyncGenerator<FileLine> {
  let number = 0;
  for await (const bytes of pieces(utf8(chunks))) {
    number++;
    if (bytes === undefined) {
      yield { number, fault: `longer than ${LINE_BYTES / 2 ** 20} MiB` };
      return;
    }
    if (isUtf8(bytes)) yield { number, text: bytes.toString('utf8') };
    else yield { number, fault: 'not UTF-8' };
  }
}

/**
 * The text of a file with LF as its line ends.
 * @throws ConfigErrors when the file cannot be read, or is in another encoding
 */
export async function textOf(file: string): Promise<string> {
  const lines: string[] = [];
  for await (const line of linesOf(file)) {
    if ('fault' in line) throw new ConfigErrors([`${file}:${line.number}: ${line.fault}: save it as text in UTF-8.`]);
    lines.push(line.text);
  }
  return lines.join('\n');
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file);
  } catch (cause) {
    throw cannotRead(file, cause);
  }
}

/** The error for a file that cannot be read. */
export function cannotRead(file: string, cause: unknown): ConfigErrors {
  return new ConfigErrors([`${file} cannot be read: ${messageOf(cause)}`], { cause });
}

/** Converts a text to UTF-8 by its byte order mark. */
async function* utf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined;
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst) decoder = decoderOf(chunk);
    if (decoder !== undefined) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    else yield isFirst && chunk.indexOf('\ufeff') === 0 ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
}

/** The decoder for a text that begins with these bytes; undefined for UTF-8. */
function decoderOf([first, second]: Buffer): TextDecoder | undefined {
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le');
  return first === 0xfe && second === 0xff ? new TextDecoder('utf-16be') : undefined;
}

/** Splits bytes into lines; ends with undefined at one that is too long. */
async function* pieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      yield withoutReturn(Buffer.concat([...begun, chunk.subarray(start, end)]));
      begun = [];
      length = 0;
      start = end + 1;
    }
    begun.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LINE_BYTES) {
      yield undefined;
      return;
    }
  }
  if (length > 0) yield withoutReturn(Buffer.concat(begun));
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}
