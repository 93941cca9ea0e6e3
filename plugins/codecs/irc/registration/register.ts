import type { Call, CommandAnswer } from '../call.ts';
import { watchersOf } from '../people/watchers.ts';
import { tellAll } from '../render/tell.ts';

/** Registers the client's guest, and tells others. @returns the answer of the server's command */
export async function register(call: Call, password: string): Promise<CommandAnswer> {
  const answer = await call.command('register', { password });
  if (answer.kind === 'error') return answer;
  const { client, account } = call;
  const line = { source: client.source, command: 'ACCOUNT', params: [account.name] };
  const told = watchersOf(client.irc, account).filter((one) => one.has('account-notify'));
  tellAll(told, line, { account });
  return answer;
}

/** Adds to the answer that the client is logged in as a user. */
export function loggedIn(call: Call): void {
  const { client, account } = call;
  call.numeric('RPL_LOGGEDIN', [client.source, account.name], `You are now logged in as ${account.name}`);
}
