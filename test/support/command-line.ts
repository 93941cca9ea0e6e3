import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

/** What a command line ended with. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder to run command lines in. `await using` removes it. */
export class Folder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes one with these files. */
  static async with(files: Readonly<Record<string, string>>): Promise<Folder> {
    const folder = new Folder(await mkdtemp(join(tmpdir(), 'chatserv-cli-')));
    for (const [name, text] of Object.entries(files)) await folder.writes(name, text);
    return folder;
  }

  writes(name: string, text: string): Promise<void> {
    return writeFile(join(this.path, name), text);
  }

  /** Runs `chatserv` with these arguments until it ends. @param input what it reads @param more set in its environment */
  async runs(
    args: readonly string[],
    input: string | Buffer = '',
    more: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const { promise, resolve, reject } = Promise.withResolvers<Ended>();
    const { NODE_OPTIONS, CHATSERV_PASSWORD, ...rest } = process.env;
    const env = { ...rest, LOG_LEVEL: 'warn' };
    const options = { cwd: this.path, env: { ...env, ...more }, timeout: 45_000 };
    const child = execFile(process.execPath, [BIN, ...args], options, (error, stdout, stderr) => {
      if (error?.killed) reject(new Error(`chatserv ${args.join(' ')} did not end\n${stdout}\n${stderr}`));
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    child.stdin?.end(input);
    return promise;
  }

  /** Runs `chatserv` at a terminal, and types a line at each prompt. @returns all that stood on the terminal */
  async types(args: readonly string[], lines: readonly string[]): Promise<string> {
    const words = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ');
    const { NODE_OPTIONS, LOG_LEVEL, ...env } = process.env;
    const child = execFile('script', ['--quiet', '--command', words, '/dev/null'], { cwd: this.path, env });
    const left = [...lines];
    let screen = '';
    child.stdout?.on('data', (text: string) => {
      screen += text;
      if (text.endsWith(': ')) child.stdin?.write(`${left.shift()}\r`);
    });
    await once(child, 'close');
    return screen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
