import { nameKey } from 'chatserv';
import type { IrcCommands } from '../call.ts';
import { loggedIn, register } from '../registration/register.ts';

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
