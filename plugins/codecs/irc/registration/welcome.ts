import { channelLines } from '../channels/lines.ts';
import type { Client } from '../client.ts';
import { listLines } from '../metadata/subcommands.ts';
import { isupport } from '../server/isupport.ts';
import { lusersLines } from '../server/lusers.ts';
import { motdLines } from '../server/motd.ts';
import type { DraftMessage } from '../wire/message.ts';

/** What a client is told at its login: who it is, what the server can do, and the channels that it is in. */
export function welcomeLines(client: Client): DraftMessage[] {
  const { irc, nick } = client;
  const { name, network } = irc.options;
  return [
    client.numericLine('RPL_WELCOME', [], `Welcome to the ${network} network, ${nick}`),
    client.numericLine('RPL_YOURHOST', [], `Your host is ${name}, running chatserv`),
    client.numericLine('RPL_CREATED', [], `This server was started ${new Date(irc.since).toUTCString()}`),
    client.numericLine('RPL_MYINFO', [name, 'chatserv', 'Biow', 'beIiklmnostv', 'beIklov']),
    ...isupport(irc).map((tokens) => client.numericLine('RPL_ISUPPORT', tokens)),
    ...lusersLines(client),
    ...(client.isMetadataAware ? listLines(client, nick, irc.channels.metadataOf(client.account)) : []),
    ...motdLines(client),
    ...irc.channels.of(client.account).flatMap((channel) => channelLines(client, channel)),
  ];
}
