import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canNotify, NotifySocket } from '../support/notify-socket.ts';
import { startProgram } from '../support/program.ts';

const canAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!canNotify) process.stderr.write('Left out, for want of python3 and systemd-notify: what systemd is told.\n');
if (!canAnalyze) process.stderr.write('Left out, for want of systemd-analyze: the check of the systemd units.\n');

test.skipIf(!canNotify)('systemd is told when the server is ready, works, reloads and stops', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-notify-'));
  try {
    await using systemd = await NotifySocket.at(join(folder, 'notify.sock'));
    const env = { NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: '400000' };
    await using program = await startProgram({}, { env });
    expect(await systemd.hears(/^READY=1$/)).not.toContain('STOPPING=1');
    await systemd.hears(/^WATCHDOG=1$/);
    const { length } = systemd.told;
    await program.reloads();
    await systemd.hears(/^RELOADING=1\nMONOTONIC_USEC=\d+$/, length);
    await systemd.hears(/^READY=1$/, length);
    expect(await program.stop()).toBe(0);
    await systemd.hears(/^STOPPING=1$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('without systemd-notify the server runs on, and says so once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-path-'));
  try {
    await symlink('/bin/sh', join(folder, 'sh'));
    await using program = await startProgram({}, { env: { NOTIFY_SOCKET: '/nowhere', PATH: folder } });
    await program.complains(/"event":"supervisor-error"/);
    await program.joins('alice');
    await program.reloads();
    await program.stop();
    expect(program.stderr.match(/supervisor-error/g)).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a word that did not arrive is not the last one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-path-'));
  try {
    await symlink('/bin/sh', join(folder, 'sh'));
    const told = join(folder, 'told');
    const notify = `#!/bin/sh\necho "$*" >> ${told}\n[ -e ${told}.failed ] || { : > ${told}.failed; exit 1; }\n`;
    await writeFile(join(folder, 'systemd-notify'), notify, { mode: 0o755 });
    const env = { NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '200000', PATH: folder };
    await using program = await startProgram({}, { env });
    await program.complains(/"event":"supervisor-error"/);
    const failed = await readFile(told, 'utf8');
    while ((await readFile(told, 'utf8')) === failed) await new Promise((wake) => setTimeout(wake, 20));
    await program.stop();
    expect(program.stderr.match(/supervisor-error/g)).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.skipIf(!canAnalyze)('the units are what systemd takes, and shut in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-units-'));
  try {
    const unit = join(folder, 'chatserv.service');
    const source = new URL('../../packaging/systemd/chatserv.service', import.meta.url);
    // systemd looks whether the program is there.
    await writeFile(unit, (await readFile(source, 'utf8')).replaceAll('/usr/bin/chatserv', '/bin/true'));
    const sockets = ['chatserv.socket', 'chatserv-http.socket'];
    for (const name of sockets) await cp(new URL(name, source), join(folder, name));
    const analyze = (...words: string[]) =>
      spawnSync(
        'systemd-analyze',
        [...words, unit, ...(words[0] === 'verify' ? sockets.map((name) => join(folder, name)) : [])],
        { encoding: 'utf8' },
      );
    const verified = analyze('verify', '--man=no');
    expect(verified.stdout + verified.stderr).toBe('');
    expect(verified.status).toBe(0);
    const [, score] = analyze('security', '--offline=true').stdout.match(/exposure level .*: (\d+\.\d)/) ?? [];
    expect(Number(score)).toBeLessThan(2);
  } finally {
    await rm(folder, { recursive: true });
  }
});
