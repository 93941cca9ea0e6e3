import type { Client } from '../client.ts';
import type { DraftMessage } from '../wire/message.ts';

/** Answers `LUSERS`: how many users, operators and channels there are. A cluster is one server to its clients. */
export function lusersLines(client: Client): DraftMessage[] {
  const { census, channels, clients, server } = client.irc;
  const { here, everywhere, most } = census;
  const online = [...clients.all()];
  const withMode = (mode: string) =>
    new Set(online.filter(({ modes }) => modes.has(mode)).map(({ account }) => account.id)).size;
  const invisible = withMode('i');
  const visible = everywhere - invisible;
  const unknown = [...server.sessions()].filter(({ account, ended }) => account === undefined && !ended).length;
  const counted = (scope: string, count: number, highest: number): [string[], string] => [
    [String(count), String(highest)],
    `Current ${scope} users ${count}, max ${highest}`,
  ];
  return [
    client.numericLine('RPL_LUSERCLIENT', [], `There are ${visible} users and ${invisible} invisible on 1 servers`),
    client.numericLine('RPL_LUSEROP', [String(withMode('o'))]),
    client.numericLine('RPL_LUSERUNKNOWN', [String(unknown)]),
    client.numericLine('RPL_LUSERCHANNELS', [String(channels.size)]),
    client.numericLine('RPL_LUSERME', [], `I have ${here} clients and 0 servers`),
    client.numericLine('RPL_LOCALUSERS', ...counted('local', here, most.here)),
    client.numericLine('RPL_GLOBALUSERS', ...counted('global', everywhere, most.everywhere)),
  ];
}
