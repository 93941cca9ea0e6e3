import type { Client } from '../client.ts';
import type { DraftMessage } from '../wire/message.ts';
import type { Has, LineFacts } from './tags.ts';

/** Lines for a client with these capabilities. They depend on nothing else of it. */
type LinesFor = (has: Has) => readonly DraftMessage[];

/** Tells clients the same now, outside any answer. It is rendered once for each set of capabilities. @param facts as for `Client.toldText` */
export function tellAll(clients: Iterable<Client>, said: DraftMessage | LinesFor, facts: LineFacts = {}): void {
  const linesFor = typeof said === 'function' ? said : () => [said];
  const texts = new Map<string, string>();
  for (const client of clients) {
    const { liveCapabilities } = client;
    const text = texts.get(liveCapabilities) ?? textFor(client, linesFor, facts);
    texts.set(liveCapabilities, text);
    client.sendText(text);
  }
}

function textFor(client: Client, linesFor: LinesFor, facts: LineFacts): string {
  const lines = linesFor((capability) => client.has(capability));
  return lines.map((line) => client.toldText(line, facts)).join('');
}
