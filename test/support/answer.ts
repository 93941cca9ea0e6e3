import { setTimeout as passed } from 'node:timers/promises';
import type { LineClient } from 'chatserv/testing';

/** Sends a line, and reads past messages to its answer, which never begins with `[`. */
export async function answer(client: LineClient, line: string): Promise<string> {
  await client.says(line);
  for (;;) {
    const came = await client.next(`the answer to ${line}`);
    if (!came.startsWith('[')) return came;
  }
}

/** Repeats a line until its answer is this one, for changes that are not announced. */
export async function answerUntil(client: LineClient, line: string, expected: string): Promise<void> {
  while ((await answer(client, line)) !== expected) await passed(20);
}
