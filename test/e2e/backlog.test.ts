import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { opens } from '../support/attacker.ts';
import { startProgram } from '../support/program.ts';

const CLIENTS = 1000;

/** The longest queue that the system allows. */
const LONGEST = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));

test.skipIf(LONGEST < CLIENTS)(`${CLIENTS} clients connect while the server is busy, and all are served`, async () => {
  await using program = await startProgram({ plugins: { connections: { loginsStart: 2000, loginsFull: 2000 } } });
  program.signals('SIGSTOP');
  // Resolves once the system has completed each connection, which it does without the server while its queue has room.
  const clients = await opens(program, CLIENTS);
  program.signals('SIGCONT');
  for (const client of clients) client.writes('nobody\n');
  await Promise.all(clients.map((client) => client.sees(/register\n/)));
  expect(clients.filter(({ closed }) => closed)).toEqual([]);
  for (const { socket } of clients) socket.destroy();
});
