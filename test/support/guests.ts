import type { TestServer } from 'chatserv/testing';

/** Connects a guest on a plain line, where nobody registers. */
export async function enters(server: Pick<TestServer, 'connect'>, name: string, address?: string) {
  const client = server.connect(name, address);
  await client.says(name, 'y');
  await client.seesInOrder('guest', 'welcome');
  return client;
}

/** Four clients ask to be the guest `gil` at the same moment. @returns what they are answered, sorted */
export async function wantOneName(server: Pick<TestServer, 'connect'>): Promise<string[]> {
  const clients = Array.from({ length: 4 }, (_, i) => server.connect(`c${i}`));
  for (const client of clients) {
    await client.says('gil');
    await client.sees('guest');
  }
  const answers = await Promise.all(
    clients.map(async (client) => {
      await client.says('y');
      return client.next('an answer');
    }),
  );
  return answers.toSorted();
}
