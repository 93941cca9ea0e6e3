import type { Call, IrcCommand, IrcCommands } from '../call.ts';
import { isupport } from '../server/isupport.ts';
import { lusersLines } from '../server/lusers.ts';
import { motdLines } from '../server/motd.ts';
import { USAGES } from '../server/usages.ts';
import type { DraftMessage } from '../wire/message.ts';
import { isHere } from './whois.ts';

/** What subjects of `HELP` begin with. */
const HELP_START = 'Commands, for which HELP COMMAND says more:';

/** How many names of commands a line of `HELP` has. */
const NAMES_A_LINE = 8;

/** What there is to know of the server. */
export const serverCommands: IrcCommands = {
  MOTD: atServer(0, (call) => add(call, motdLines(call.client))),
  LUSERS: atServer(1, (call) => add(call, lusersLines(call.client))),
  VERSION: atServer(0, (call) => {
    call.numeric('RPL_VERSION', ['chatserv', call.irc.options.name], 'https://modern.ircdocs.horse, IRCv3');
    for (const tokens of isupport(call.irc)) call.numeric('RPL_ISUPPORT', tokens);
  }),
  TIME: atServer(0, (call) => {
    call.numeric('RPL_TIME', [call.irc.options.name], new Date(call.irc.clock.now()).toUTCString());
  }),
  ADMIN: atServer(0, (call) => {
    const { name, admin } = call.irc.options;
    const [location, ...others] = admin;
    if (location === undefined) return call.numeric('ERR_NOADMININFO', [name]);
    call.numeric('RPL_ADMINME', [name]);
    call.numeric('RPL_ADMINLOC1', [], location);
    if (others[0] !== undefined) call.numeric('RPL_ADMINLOC2', [], others[0]);
    if (others[1] !== undefined) call.numeric('RPL_ADMINEMAIL', [], others[1]);
  }),
  INFO: atServer(0, (call) => {
    const { irc } = call;
    call.numeric('RPL_INFO', [], `${irc.options.network} runs chatserv, a chat server assembled from plugins.`);
    call.numeric('RPL_INFO', [], `Started ${new Date(irc.since).toUTCString()}.`);
    call.numeric('RPL_ENDOFINFO');
  }),
  // The servers of a cluster are one to their clients.
  LINKS: { run: (call) => call.numeric('RPL_ENDOFLINKS', ['*']) },
  STATS: {
    run(call) {
      const [letter = '*'] = call.params;
      if (letter === 'u') call.numeric('RPL_STATSUPTIME', [], uptime(call.irc.clock.now() - call.irc.since));
      call.numeric('RPL_ENDOFSTATS', [letter]);
    },
  },
  HELP: { run: help },
  HELPOP: { run: help },
};

/** A query that names the server it is for, which can only be this one. @param index of that parameter */
function atServer(index: number, run: (call: Call) => void): IrcCommand {
  return {
    run(call) {
      const server = call.params[index];
      if (server === undefined || isHere(call, server)) run(call);
      else call.numeric('ERR_NOSUCHSERVER', [server]);
    },
  };
}

function add(call: Call, lines: readonly DraftMessage[]): void {
  for (const line of lines) call.line(line);
}

/** A time as `STATS u` shows it. @param time in milliseconds */
function uptime(time: number): string {
  const seconds = Math.floor(time / 1000);
  const part = (unit: number, most: number) => String(Math.floor(seconds / unit) % most).padStart(2, '0');
  return `Server Up ${Math.floor(seconds / 86_400)} days ${part(3600, 24)}:${part(60, 60)}:${part(1, 60)}`;
}

function help(call: Call): void {
  const subject = call.params[0]?.toUpperCase();
  const usage = Object.hasOwn(USAGES, subject ?? '') ? USAGES[subject ?? ''] : undefined;
  if (subject === undefined) helpLines(call, '*', [HELP_START, ...namesOfCommands()]);
  else if (usage === undefined) call.numeric('ERR_HELPNOTFOUND', [subject]);
  else helpLines(call, subject, usage);
}

function helpLines(call: Call, subject: string, [first = '', ...others]: readonly string[]): void {
  call.numeric('RPL_HELPSTART', [subject], first);
  for (const line of others) call.numeric('RPL_HELPTXT', [subject], line);
  call.numeric('RPL_ENDOFHELP', [subject]);
}

function namesOfCommands(): string[] {
  const names = Object.keys(USAGES).sort();
  const lines: string[] = [];
  for (let at = 0; at < names.length; at += NAMES_A_LINE) lines.push(names.slice(at, at + NAMES_A_LINE).join(' '));
  return lines;
}
