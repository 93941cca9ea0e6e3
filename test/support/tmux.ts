import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));
const run = promisify(execFile);

/** How `chatserv connect` is started. */
export const CONNECT = [process.execPath, BIN, 'connect'];

/** How long the screen may take to show what is expected, in milliseconds. */
const PATIENCE = 30_000;

/** Whether there is a tmux. Tests that need it say in one line that they are left out without. */
export const hasTmux = (() => {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('tmux is missing: the tests of the terminal client are left out');
    return false;
  }
})();

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program in a real terminal, whose screen can be read. `await using` ends it. */
export class Terminal {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts `chatserv connect` with these words. */
  static connects(args: readonly string[], options: TerminalOptions = {}): Promise<Terminal> {
    return Terminal.runs([...CONNECT, ...args], options);
  }

  /** Starts a program. When it ends, the screen says `ended with` and its exit code. */
  static async runs(command: readonly string[], options: TerminalOptions = {}): Promise<Terminal> {
    const { columns = 80, rows = 24, env = {} } = options;
    const terminal = new Terminal(await mkdtemp(join(tmpdir(), 'chatserv-tmux-')));
    const variables = Object.entries({ LANG: 'C.UTF-8', TZ: 'UTC', ...env }).flatMap((pair) => pair.join('='));
    const script = '"$@"; echo "ended with $?"; exec cat';
    const unset = ['-u', 'CHATSERV_PASSWORD', '-u', 'NO_COLOR', '-u', 'FORCE_COLOR', '-u', 'NODE_OPTIONS'];
    const words = ['env', ...unset, ...variables, ...command];
    const size = ['-x', String(columns), '-y', String(rows)];
    await terminal.#tmux('new-session', '-d', ...size, 'sh', '-c', script, 'sh', ...words);
    return terminal;
  }

  /** Types text, key by key. */
  async types(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', '--', text);
  }

  /** Presses keys by tmux's names: `Enter`, `Tab`, `C-c`. */
  async presses(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', '--', ...keys);
  }

  /** Types a line and presses Enter. */
  async enters(text: string): Promise<void> {
    await this.types(text);
    await this.presses('Enter');
  }

  /** Pastes, marked as pasted where the program has asked for that. */
  async pastes(text: string): Promise<void> {
    await this.#tmux('set-buffer', '--', text);
    await this.#tmux('paste-buffer', '-p', '-r');
  }

  async resizes(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** The rows of the screen, without what is empty at the end. @param styled whether with the sequences of colours */
  async screen(styled = false): Promise<string> {
    const { stdout } = await this.#tmux('capture-pane', '-p', ...(styled ? ['-e'] : []));
    return stdout.trimEnd();
  }

  /** The last row. */
  async lastRow(): Promise<string> {
    return (await this.screen()).split('\n').at(-1) ?? '';
  }

  /** In which column the cursor is, from 0. */
  async cursor(): Promise<number> {
    return Number((await this.#tmux('display-message', '-p', '#{cursor_x}')).stdout);
  }

  /** Whether the bell has rung. */
  async rang(): Promise<boolean> {
    return (await this.#tmux('display-message', '-p', '#{window_bell_flag}')).stdout.trim() === '1';
  }

  /** Awaits that the screen fits. @returns the screen */
  async shows(expected: string | RegExp): Promise<string> {
    return this.until(
      (screen) => (typeof expected === 'string' ? screen.includes(expected) : expected.test(screen)),
      expected,
    );
  }

  /** Awaits that the last row is this. */
  async typed(row: string): Promise<void> {
    await this.until((screen) => (screen.split('\n').at(-1) ?? '') === row, `the last row ${JSON.stringify(row)}`);
  }

  /** Awaits that something is true of the screen. @param what says it in errors */
  async until(fits: (screen: string) => boolean, what: string | RegExp): Promise<string> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const screen = await this.screen();
      if (fits(screen)) return screen;
      if (Date.now() > deadline) throw new Error(`the screen did not come to show ${what}:\n\n${screen}`);
      await after(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux('kill-server').catch(() => {});
    await rm(this.#folder, { recursive: true, force: true });
  }

  #tmux(...args: readonly string[]): Promise<{ stdout: string }> {
    return run('tmux', ['-u', '-f', '/dev/null', '-S', join(this.#folder, 'tmux'), ...args]);
  }
}
