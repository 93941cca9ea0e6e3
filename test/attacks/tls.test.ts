import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectPlainly } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  factsOf,
  growthDuring,
  NO_EXEMPTION,
  opens,
  placeOf,
  startTarget,
  UNPACED,
  until,
} from '../support/attacker.ts';
import { makeCertificate, writeCertificate } from '../support/certificate.ts';
import { PASSWORD } from '../support/program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatserv-tls-attack-'));
  await writeCertificate(folder, makeCertificate());
});
afterAll(() => rm(folder, { recursive: true }));

const tls = (more: object = {}) => ({
  port: 0,
  certificate: join(folder, 'cert.pem'),
  key: join(folder, 'key.pem'),
  ...more,
});

/** The beginning of a handshake that announces 16 KB. */
const BEGINNING = Buffer.from('1603014000010000fc0303', 'hex');

describe('TLS', () => {
  test('handshakes that are never finished count as connections, and end after their time', async () => {
    await using program = await startTarget({
      plugins: { tls: tls({ handshakeTime: 2, handshakesPerNetwork: 1000 }), connections: { newPerNetwork: 1000 } },
      limits: NO_EXEMPTION,
    });
    const where = await placeOf(program, 'tls');
    const attackers = await opens(where, 200, () => '127.0.0.66');
    for (const attacker of attackers) attacker.writes(BEGINNING);
    await until('all but 16 to be closed', () => attackers.filter(({ closed }) => !closed).length <= 16);
    await until('all of them to be closed', () => attackers.every(({ closed }) => closed));
    await until('nobody to be there', async () => (await factsOf(program)).sessions === 0);
  });

  test('connections beyond the handshakes of a network cost no handshake, and others come in', async () => {
    await using program = await startTarget({
      plugins: { tls: tls({ handshakesPerNetwork: 10 }) },
      limits: NO_EXEMPTION,
    });
    const where = await placeOf(program, 'tls');
    const attackers = await opens(where, 200, () => '127.0.0.66');
    for (const attacker of attackers) attacker.writes(BEGINNING);
    await until('all but 10 to be closed', () => attackers.filter(({ closed }) => !closed).length <= 10);
    const { limits } = await factsOf(program);
    expect(limits['handshakes-per-network']).toBeGreaterThan(150);
    const socket = connectPlainly({ ...where, localAddress: '127.0.0.3' });
    const alice = connect({ socket, rejectUnauthorized: false });
    await once(alice, 'secureConnect');
    alice.write('alice\n');
    expect(String(await once(alice, 'data'))).toBe('register\n');
    for (const one of [alice, ...attackers.map(({ socket }) => socket)]) one.destroy();
  });

  test('records of one byte each: every line is answered once, in less than 128 MB', { timeout: 120_000 }, async () => {
    await using program = await startTarget({ plugins: { tls: tls() }, limits: UNPACED });
    await program.registers('mallory');
    const socket = connect({ ...(await placeOf(program, 'tls')), rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    let said = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    socket.write(`mallory\n${PASSWORD}\n`);
    await until('the login', () => said.endsWith('welcome\n'));
    const LINES = 3000;
    const growth = await growthDuring(program, async () => {
      for (let line = 0; line < LINES; line++) {
        for (const byte of Buffer.from(`n${line}\n`)) socket.write(Buffer.of(byte));
        if (line % 20 === 0) await new Promise(setImmediate);
      }
      await until('the last answer', () => said.endsWith(`error:command:n${LINES - 1}\n`));
    });
    const answers = Array.from({ length: LINES }, (_, line) => `error:command:n${line}\n`).join('');
    expect(said).toBe(`password\nwelcome\n${answers}`);
    expect(growth).toBeLessThan(128);
    socket.destroy();
  });
});
