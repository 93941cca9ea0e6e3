import { nameKey } from 'chatserv';
import type { Call, CommandAnswer, IrcCommands } from '../call.ts';
import { watchersOf } from './status.ts';

/** Why an account was not registered, as codes of standard replies. */
const CODES: Readonly<Record<string, string>> = {
  registered: 'ALREADY_AUTHENTICATED',
  password: 'UNACCEPTABLE_PASSWORD',
  taken: 'ACCOUNT_EXISTS',
};

/** The registration of guests, under their nick. */
export const registerCommands: IrcCommands = {
  REGISTER: {
    least: 3,
    async run(call) {
      const [wanted = '*', , password = ''] = call.params;
      const { client } = call;
      if (wanted !== '*' && nameKey(wanted) !== nameKey(client.nick)) {
        const sentence = 'You can register your nick only: change it first.';
        return call.standard('FAIL', 'ACCOUNT_NAME_MUST_BE_NICK', [wanted], sentence);
      }
      const answer = await register(call, password);
      if (answer.kind === 'answer') {
        call.line({ command: 'REGISTER', params: ['SUCCESS', client.account.name, 'You are registered.'] });
        loggedIn(call);
        return;
      }
      const code = CODES[answer.reason] ?? 'TEMPORARILY_UNAVAILABLE';
      const sentence = answer.reason === 'command' ? 'Nobody can register here.' : (answer.sentence ?? answer.reason);
      call.standard('FAIL', code, [client.nick], sentence);
    },
  },
  VERIFY: {
    least: 2,
    run: (call) => call.standard('FAIL', 'INVALID_CODE', [call.params[0] ?? '*'], 'Nothing is to be verified here.'),
  },
};

/** Registers the client's guest, and tells others. @returns the answer of the server's command */
export async function register(call: Call, password: string): Promise<CommandAnswer> {
  const answer = await call.command('register', { password });
  if (answer.kind === 'error') return answer;
  const { client, account } = call;
  const line = { source: client.source, command: 'ACCOUNT', params: [account.name] };
  for (const one of watchersOf(client)) if (one.has('account-notify')) one.send(line, { account });
  return answer;
}

/** Tells a client that it is logged in as a user. */
export function loggedIn(call: Call): void {
  const { client, account } = call;
  call.numeric('RPL_LOGGEDIN', [client.source, account.name], `You are now logged in as ${account.name}`);
}
