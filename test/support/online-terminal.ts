import { PASSWORD } from './program.ts';
import type { Reachable } from './reachable.ts';
import { Terminal, type TerminalOptions } from './tmux.ts';

export interface OnlineOptions extends TerminalOptions {
  readonly device?: string;
  /** What is awaited, by default the list of who is online. Many stored messages scroll that away at once. */
  readonly shows?: string | RegExp;
}

/** A terminal where a registered user is online. */
export async function online(
  server: Reachable,
  user: string,
  { device, shows = 'online:', ...options }: OnlineOptions = {},
): Promise<Terminal> {
  const env = { CHATSERV_PASSWORD: PASSWORD, ...options.env };
  const named = device === undefined ? [] : ['--device', device];
  const terminal = await Terminal.connects([`${user}@127.0.0.1:${server.port}`, ...named], { ...options, env });
  await terminal.shows(shows);
  return terminal;
}
