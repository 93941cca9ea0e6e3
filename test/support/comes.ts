import type { LineClient } from 'chatserv/testing';

/** Awaits a line, among others such as how long messages are kept. @returns it */
export async function comes(client: LineClient, expected: RegExp): Promise<string> {
  for (;;) {
    const line = await client.next();
    if (expected.test(line)) return line;
  }
}

/** Sends a line and awaits its answer, among others. @returns it */
export async function answered(client: LineClient, line: string, expected: RegExp): Promise<string> {
  await client.says(line);
  return comes(client, expected);
}
