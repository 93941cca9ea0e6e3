import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { PASSWORD, startProgram } from '../support/program.ts';
import { SSHD, startSshServer } from '../support/ssh-server.ts';
import { CONNECT, hasTmux, Terminal } from '../support/tmux.ts';

describe.skipIf(!hasTmux || SSHD === undefined)('a terminal over ssh', { timeout: 60_000 }, () => {
  test('is like any other, and the client ends when it is cut off', async () => {
    await using program = await startProgram();
    await program.registers('alice');
    const bob = await program.joins('bob');
    await using server = await startSshServer();
    await using network = await startFaultyProxy(server.port);
    const pidFile = join(program.folder, 'client.pid');
    const keepsPid = ['sh', '-c', 'echo $$ > "$0"; exec "$@"', pidFile];
    const client = [...keepsPid, ...CONNECT, `alice@127.0.0.1:${program.port}`];
    await using alice = await Terminal.runs(server.command(network.port, client));
    await alice.shows('Password for alice:');
    await alice.enters(PASSWORD);
    expect(await alice.shows('online:')).not.toContain(PASSWORD);
    await alice.enters('你好 from afar');
    await bob.hears('alice', '你好 from afar');
    await alice.types('漢字');
    await alice.typed('everyone> 漢字');
    expect(await alice.cursor()).toBe('everyone> '.length + 4);
    await alice.resizes(40, 12);
    await bob.says('message alice several words and 漢字, which are wrapped');
    await alice.shows(/bob → you: several words and 漢字,\n {6}which are wrapped\n.*\neveryone> 漢字$/);
    network.breaks('end');
    await alice.types('x');
    await alice.shows('ended with 255');
    const pid = Number(await readFile(pidFile, 'utf8'));
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 15_000 });
  });
});
