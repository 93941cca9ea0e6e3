import { nameObjection } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { sourceOf } from '../irc.ts';
import { ALL, syncLater } from '../metadata/lines.ts';
import { elements } from '../names.ts';
import { MONITORED_MOST } from '../people/monitors.ts';
import type { Numeric } from '../wire/numerics.ts';

/** How many bytes of nicks a line has. */
const NICKS_LENGTH = 400;

/** `MONITOR`: who comes online and who leaves, by IRCv3 `monitor` and `extended-monitor`. */
export const monitorCommands: IrcCommands = {
  MONITOR: {
    least: 1,
    run(call) {
      const { client, irc } = call;
      const [action = '', given] = call.params;
      const nicks = elements(given);
      switch (action.toUpperCase()) {
        case '+':
          return add(call, nicks);
        case '-':
          for (const nick of nicks) irc.monitors.remove(client, nick);
          return;
        case 'C':
          return irc.monitors.clear(client);
        case 'L':
          list(call, 'RPL_MONLIST', irc.monitors.of(client));
          return call.numeric('RPL_ENDOFMONLIST');
        case 'S':
          return show(call, irc.monitors.of(client));
      }
    },
  },
};

function add(call: Call, nicks: readonly string[]): void {
  const { client, irc } = call;
  const added: string[] = [];
  for (const [index, nick] of nicks.entries()) {
    // Nobody can be online under such a name: a mask, say.
    if (nameObjection(nick) === 'characters') call.numeric('RPL_MONOFFLINE', [], nick);
    else if (irc.monitors.add(client, nick)) added.push(nick);
    else {
      call.numeric('ERR_MONLISTFULL', [String(MONITORED_MOST), nicks.slice(index).join(',')]);
      break;
    }
  }
  show(call, added);
}

/** Says which of these are online. */
function show(call: Call, nicks: readonly string[]): void {
  const { irc } = call;
  const [online, offline]: [string[], string[]] = [[], []];
  for (const nick of nicks) {
    const account = irc.presence.find(nick);
    if (account === undefined) offline.push(nick);
    else online.push(sourceOf(irc, account));
  }
  list(call, 'RPL_MONONLINE', online);
  list(call, 'RPL_MONOFFLINE', offline);
  if (online.length > 0 && call.client.isMetadataAware) call.line(syncLater(call.client, ALL));
}

/** Adds as many numerics with comma-separated items as it takes. */
function list(call: Call, numeric: Numeric, items: readonly string[]): void {
  const lines: string[] = [];
  for (const item of items) {
    const line = lines.at(-1);
    const longer = line === undefined ? item : `${line},${item}`;
    if (line === undefined || Buffer.byteLength(longer) > NICKS_LENGTH) lines.push(item);
    else lines[lines.length - 1] = longer;
  }
  for (const line of lines) call.numeric(numeric, [], line);
}
