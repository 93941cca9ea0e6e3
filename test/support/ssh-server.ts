import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

/** Where root's sshd keeps its unprivileged part. The service makes this folder. */
const EMPTY_FOLDER = '/run/sshd';

/** The sshd of this machine; undefined without one, and where root cannot start one of its own. */
export const SSHD: string | undefined = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((file) => {
  return existsSync(file) && (process.getuid?.() !== 0 || existsSync(EMPTY_FOLDER));
});

/** An sshd on loopback that lets this user in, and nobody else. */
export interface SshServer {
  readonly port: number;
  /** How to run a program through it, at a terminal. @param port where it is reached, such as a proxy's */
  command(port: number, program: readonly string[]): string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startSshServer(): Promise<SshServer> {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-ssh-'));
  const [hostKey, userKey, config] = [join(folder, 'host'), join(folder, 'user'), join(folder, 'config')];
  for (const key of [hostKey, userKey]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const port = await freePort();
  const options = {
    ListenAddress: `127.0.0.1:${port}`,
    HostKey: hostKey,
    AuthorizedKeysFile: `${userKey}.pub`,
    AuthenticationMethods: 'publickey',
    // The folder's parent is everyone's.
    StrictModes: 'no',
    UsePAM: 'no',
    PidFile: 'none',
  };
  await writeFile(
    config,
    Object.entries(options)
      .map((option) => `${option.join(' ')}\n`)
      .join(''),
  );
  const server = spawn(SSHD ?? 'sshd', ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = once(server, 'exit');
  const lines = createInterface({ input: server.stderr });
  const said: string[] = [];
  await Promise.race([
    new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        said.push(line);
        if (line.startsWith('Server listening')) resolve();
      });
    }),
    exit.then(() => Promise.reject(new Error(`sshd has ended:\n${said.join('\n')}`))),
  ]);
  return {
    port,
    command(port, program) {
      const options = [
        'IdentitiesOnly=yes',
        'StrictHostKeyChecking=no',
        'UserKnownHostsFile=/dev/null',
        'LogLevel=ERROR',
      ];
      const given = options.flatMap((option) => ['-o', option]);
      const words = program.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
      return ['ssh', '-F', 'none', '-tt', '-i', userKey, '-p', String(port), ...given, '127.0.0.1', words];
    },
    async [Symbol.asyncDispose]() {
      server.kill();
      await exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
