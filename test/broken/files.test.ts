import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { factsOf, opens, placeOf, socketsOf, until } from '../support/attacker.ts';
import { type Program, startProgram } from '../support/program.ts';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']));

/** CPU that a process has used, in seconds. */
function cpu(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Connects, and goes on whatever comes of it. */
async function connects({ port, host }: Program): Promise<Socket> {
  const socket = connect(port, host).on('error', () => {});
  socket.resume();
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

test('with no file left the program does not spin, those who chat go on, and new ones come in again after', async () => {
  await using program = await startProgram({ plugins: { connections: false } });
  const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
  await program.registers('carol');
  const openFiles = () => readdirSync(`/proc/${program.pid}/fd`).length;
  const open = openFiles();
  execFileSync('prlimit', ['--pid', String(program.pid), `--nofile=${open + 5}:`]);
  const sockets: Socket[] = [];
  for (let i = 0; i < 30; i++) sockets.push(await connects(program));
  // More try all the while; a loop that comes back to them again and again would take a whole core.
  const before = cpu(program.pid);
  for (let i = 0; i < 20; i++) {
    sockets.push(await connects(program));
    await after(100);
  }
  expect(cpu(program.pid) - before).toBeLessThan(1);
  expect(sockets.filter(({ closed }) => closed).length).toBeGreaterThan(20);
  expect(await alice.asks('message bob still here')).toBe('sent:');
  await bob.hears('alice', 'still here');
  expect(await bob.asks('message carol later')).toBe('sent:');
  for (const socket of sockets) socket.destroy();
  while (openFiles() > open) await after(20);
  const carol = await program.returns('carol');
  await carol.hears('bob', 'later');
  expect(program.stderr).toBe('');
});

test('where the system allows few files, clients are told that it is full before there are none left', async () => {
  await using program = await startProgram({}, { openFiles: 120 });
  await program.complains(/allows 120 open files, enough for 60 connections instead of 10000: raise the limit/);
  const alice = await program.joins('alice');
  for (let i = 0; i < 59; i++) {
    const guest = await program.connect();
    await guest.says('not a name');
    await guest.sees('username');
  }
  const late = await program.connect();
  await late.sees('closing:full');
  await late.isClosed();
  expect(await program.reloads()).toMatchObject({ result: { changed: [] } });
  expect(await alice.asks('who')).toBe('alice');
  expect(program.stderr.match(/open files/g)).toHaveLength(1);
});

test('connections over HTTP, TCP and Unix sockets together leave the files that the store and a reload need', async () => {
  await using program = await startProgram(
    { plugins: { http: { port: 0, perNetwork: 1000 }, unix: { socket: 'line.sock' } } },
    { openFiles: 200 },
  );
  const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
  await program.registers('carol');
  const web = await placeOf(program, 'http');
  const before = socketsOf(program);
  const guest = await program.connect();
  expect(await guest.asks('not a name')).toBe('username');
  const crowd = await opens(web, 300);
  await until('most of them to be closed', () => crowd.filter(({ closed }) => !closed).length <= 120);
  expect(socketsOf(program)).toBeGreaterThan(before + 100);
  // Whoever comes on another port meets the same bound.
  const late = await program.connect();
  await late.sees('closing:full');
  await late.isClosed();
  const local = connect(join(program.folder, 'line.sock'));
  expect(await text(local)).toBe('closing:full\n');
  const more = await opens(program, 50);
  await until('all of them to be closed', () => more.every(({ closed }) => closed));
  expect(socketsOf(program)).toBeLessThan(200);
  expect(await program.reloads()).toMatchObject({ result: { changed: [] } });
  expect((await factsOf(program)).limits['open-files']).toBeGreaterThan(150);
  expect(await alice.asks('message bob hi')).toBe('sent:');
  await bob.hears('alice', 'hi');
  expect(await alice.asks('message carol hi')).toBe('sent:');
  // A place that becomes free is anybody's.
  for (const { socket } of crowd) socket.destroy();
  await until('their descriptors to be free', () => socketsOf(program) <= before + 2);
  const carol = await program.returns('carol');
  await carol.hears('alice', 'hi');
});
