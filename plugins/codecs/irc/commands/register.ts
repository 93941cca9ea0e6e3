import type { Call, IrcCommands } from '../call.ts';
import { accountNameOf } from '../irc.ts';
import {
  NOBODY,
  nameRefusal,
  nothingToVerify,
  notRegistered,
  passwordCode,
  registered,
} from '../registration/new-account.ts';
import { loggedIn, register } from '../registration/register.ts';

/** Why an account was not registered, as codes of standard replies. */
const CODES: Readonly<Record<string, string>> = {
  registered: 'ALREADY_AUTHENTICATED',
  taken: 'ACCOUNT_EXISTS',
};

/** `REGISTER` and `VERIFY`: guests register their nick, by the IRCv3 draft `account-registration`. */
export const registerCommands: IrcCommands = {
  REGISTER: {
    least: 3,
    async run(call) {
      const [wanted = '*', , password = ''] = call.params;
      const { client, irc } = call;
      const wrong = isUser(call) ? undefined : nameRefusal(wanted, client.nick);
      if (wrong !== undefined) return call.line(notRegistered(wanted, wrong));
      const answer = await register(call, password);
      if (answer.kind === 'answer') {
        call.line(registered(client.account.name));
        loggedIn(call);
        return;
      }
      const { reason, sentence = reason } = answer;
      const objection = reason === 'password' && (await irc.passwords?.objection(client.account.name, password));
      const code = objection ? passwordCode(objection) : (CODES[reason] ?? 'TEMPORARILY_UNAVAILABLE');
      call.line(notRegistered(client.nick, reason === 'command' ? NOBODY : [code, sentence]));
    },
  },
  VERIFY: { least: 2, run: (call) => call.line(nothingToVerify(call.params[0], isUser(call))) },
};

function isUser({ irc, account }: Call): boolean {
  return accountNameOf(irc, account) !== undefined;
}
