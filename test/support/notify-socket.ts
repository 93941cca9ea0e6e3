import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Node has no datagram sockets in the Unix domain; Python has. Each datagram becomes a line. */
const RECEIVER = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True: print(json.dumps(s.recv(65536).decode()), flush=True)
`;

/** Whether this machine has what a test of systemd's protocol takes. */
export const canNotify = ['python3', 'systemd-notify'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
);

/** Stands in for systemd: notes what it is told. `await using` ends it. */
export class NotifySocket {
  readonly path: string;
  /** What it was told, but for the barriers of systemd-notify. */
  readonly told: string[] = [];
  readonly #child: ChildProcess;
  #wake: (() => void) | undefined;

  private constructor(path: string, child: ChildProcess) {
    this.path = path;
    this.#child = child;
  }

  static async at(path: string): Promise<NotifySocket> {
    const child = spawn('python3', ['-c', RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const socket = new NotifySocket(path, child);
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');
    lines.on('line', (line) => {
      const said = JSON.parse(line) as string;
      if (said !== 'BARRIER=1') socket.told.push(said);
      socket.#wake?.();
    });
    return socket;
  }

  /** Awaits that it is told something that matches, after the first `from` things. @returns all that it was told */
  async hears(pattern: RegExp, from = 0): Promise<readonly string[]> {
    while (!this.told.slice(from).some((said) => pattern.test(said))) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    return this.told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill();
    await ended;
  }
}
