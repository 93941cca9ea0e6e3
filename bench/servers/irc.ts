/** The IRC servers of Debian's packages: no limits, no lookups, everything in one temporary folder. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './chatserv.ts';

interface IrcServer {
  readonly program: string;
  readonly args: readonly string[];
  /** ngircd's listen backlog is 10; InspIRCd completes logins once a second. */
  readonly loginsAtOnce: number;
  config(port: number, folder: string): string;
}

export const IRC_SERVERS: Readonly<Record<string, IrcServer>> = {
  ngircd: {
    program: '/usr/sbin/ngircd',
    args: ['-n', '-f'],
    loginsAtOnce: 8,
    config: (port) => `
[Global]
Name = bench.example
Info = bench
Listen = 127.0.0.1
Ports = ${port}
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
`,
  },
  inspircd: {
    program: '/usr/sbin/inspircd',
    args: ['--nofork', '--nopid', '--runasroot', '--config'],
    loginsAtOnce: 500,
    config: (port, folder) => `
<server name="bench.example" description="bench" network="Bench">
<admin name="bench" nick="bench" email="bench@bench.example">
<bind address="127.0.0.1" port="${port}" type="clients">
<connect allow="*" timeout="60" pingfreq="1h" recvq="1M" softsendq="100M" hardsendq="200M" threshold="1000000000"
  commandrate="1000000000" fakelag="no" localmax="100000" globalmax="100000" limit="100000" resolvehostnames="no"
  useident="no" maxconnwarn="no">
<module name="cap">
<module name="ircv3_echomessage">
<performance softlimit="100000" somaxconn="4096" clonesonconnect="no">
<path configdir="${folder}" datadir="${folder}" logdir="${folder}" runtimedir="${folder}">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="${join(folder, 'log')}">
`,
  },
};

export const isInstalled = (kind: string): boolean => existsSync(IRC_SERVERS[kind]?.program ?? '');

export function ircCommand(kind: string, folder: string, port: number): Command {
  const { program, args, config } = IRC_SERVERS[kind] as IrcServer;
  const file = join(folder, 'irc.conf');
  writeFileSync(file, config(port, folder));
  return { args: [program, ...args, file], env: {} };
}
