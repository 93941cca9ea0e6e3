import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Input } from './input.ts';

const fileOf = (name: string) => fileURLToPath(new URL(`corpus/${name}.jsonl`, import.meta.url));

/** The inputs of a target that are kept: what once was wrong, and what runs all the code between them. */
export function readCorpus(target: string): Input[] {
  return [...read(fileOf(`${target}.found`)), ...read(fileOf(target))];
}

/** Keeps these inputs, the shortest first, and of those that are kept only what once was wrong. */
export function writeCorpus(target: string, inputs: readonly Input[]): void {
  const found = new Set(read(fileOf(`${target}.found`)).map(asLine));
  const lines = [...new Set(inputs.map(asLine))].filter((line) => !found.has(line));
  lines.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  writeFileSync(fileOf(target), lines.map((line) => `${line}\n`).join(''));
}

/** Keeps an input with which something was wrong. */
export function writeFound(target: string, input: Input): void {
  appendFileSync(fileOf(`${target}.found`), `${asLine(input)}\n`);
}

/** An array of segments a line, each byte a character. */
function read(file: string): Input[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => fromLine(line));
}

/** An input as a line of a corpus file. */
export function asLine(input: Input): string {
  const text = JSON.stringify(input.map((segment) => segment.toString('latin1')));
  // Escaped: an editor, or a diff, should show what is there.
  return text.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function fromLine(line: string): Input {
  return (JSON.parse(line) as string[]).map((segment) => Buffer.from(segment, 'latin1'));
}
