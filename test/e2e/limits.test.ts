import { expect, test } from 'vitest';
import { type Program, startProgram } from '../support/program.ts';

const config = (connections: boolean | object) => ({ plugins: { connections }, limits: { exempt: [] } });

async function enters(program: Program) {
  const client = await program.connect();
  await client.says('not a name');
  await client.sees('username');
  return client;
}

async function isRefused(program: Program) {
  const client = await program.connect();
  await client.sees('closing:too-many-connections');
  await client.isClosed();
}

test('limits on connections find who is there when a reload switches them on, and forget nobody in another', async () => {
  await using program = await startProgram(config(false));
  const early = await enters(program);
  await enters(program);
  await program.configures(config({ perNetwork: 2 }));
  expect(await program.reloads()).toMatchObject({ result: { added: ['connections'] } });
  await isRefused(program);
  await program.configures(config({ perNetwork: 3 }));
  expect(await program.reloads()).toMatchObject({ result: { changed: [{ name: 'connections' }] } });
  await enters(program);
  await isRefused(program);
  await early.closes();
  // The server may learn of the close after it learns of the next connection.
  for (;;) {
    const client = await program.connect();
    if ((await client.asks('not a name')) === 'username') break;
    await client.isClosed();
  }
  await isRefused(program);
});
