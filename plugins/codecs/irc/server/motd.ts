import type { Client } from '../client.ts';
import type { DraftMessage } from '../wire/message.ts';

/** The message of the day, or that there is none. */
export function motdLines(client: Client): DraftMessage[] {
  const { name, motd } = client.irc.options;
  if (motd.length === 0) return [client.numericLine('ERR_NOMOTD')];
  return [
    client.numericLine('RPL_MOTDSTART', [], `- ${name} Message of the day - `),
    ...motd.map((line) => client.numericLine('RPL_MOTD', [], `- ${line}`)),
    client.numericLine('RPL_ENDOFMOTD'),
  ];
}
