import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { linesIn } from '../config/text-file.ts';
import { ConfigErrors } from '../host/config-errors.ts';

/**
 * Reads a secret: typed twice at a terminal, without echo, or the first line of standard input.
 * @throws ConfigErrors when the two differ, or there is none
 */
export async function readSecret(what: string): Promise<string> {
  if (!process.stdin.isTTY) {
    for await (const line of linesIn(process.stdin)) {
      if ('fault' in line) throw new ConfigErrors([`${what}: standard input is ${line.fault}.`]);
      return line.text;
    }
    throw new ConfigErrors([`${what}: standard input is empty.`]);
  }
  const secret = await readUnseen(`${what}: `);
  if (secret !== (await readUnseen('Repeat the password: '))) throw new ConfigErrors(['The passwords do not match.']);
  return secret;
}

async function readUnseen(prompt: string): Promise<string> {
  // Takes the echo.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = readLine(nowhere);
  // Prompts only now, so that what is typed at once is not echoed either.
  process.stderr.write(prompt);
  const secret = await line;
  process.stderr.write('\n');
  if (secret === undefined) throw new ConfigErrors(['No password was given.']);
  return secret;
}

async function readLine(output: Writable): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  lines.once('line', resolve).once('close', () => resolve(undefined));
  const line = await promise;
  lines.close();
  return line;
}
