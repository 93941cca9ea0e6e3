import { passwordObjection, type StoredAccount } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { findPerson } from '../people/person.ts';
import { tellAll } from '../render/tell.ts';

/** How many passwords of operators may be tried within a minute, from one network and for one account. */
const ATTEMPTS = { most: 5, time: 60 };

/** The role on the server that an operator's account has. */
const OPERATOR_ROLE = 'moderator';

/** What operators do: those who know the password of an account with the role `moderator` or `admin`. */
export const operatorCommands: IrcCommands = {
  OPER: {
    least: 2,
    async run(call) {
      const [name = '', password = ''] = call.params;
      const { client, irc } = call;
      const { session } = client;
      const operator = await irc.accounts.find(name);
      const isAllowed = mayTry(call, `network ${session.network}`) && mayTry(call, `account ${operator?.id ?? 0}`);
      if (!isAllowed || operator === undefined || !(await isRight(call, operator, password))) {
        irc.logger.info({ event: 'oper-failure', ...session.who, operator: operator?.name }, 'OPER was refused');
        return call.numeric('ERR_PASSWDMISMATCH');
      }
      client.operator = { id: operator.id, name: operator.name };
      client.modes.add('o');
      irc.logger.info({ event: 'oper', ...session.who, operator: operator.name }, 'became an operator');
      call.numeric('RPL_YOUREOPER');
      call.line({ source: client.source, command: 'MODE', params: [client.nick, '+o'] });
    },
  },
  KILL: {
    least: 1,
    async run(call) {
      const [nick = '', reason = 'No reason'] = call.params;
      const { client, irc } = call;
      if (client.operator === undefined) return call.numeric('ERR_NOPRIVILEGES');
      const person = findPerson(irc, nick);
      if (person === undefined) return call.numeric('ERR_NOSUCHNICK', [nick]);
      const { account, sessions } = person;
      if (await irc.roles?.has(account, 'admin')) {
        if (!(await irc.roles?.has(client.operator, 'admin'))) return call.numeric('ERR_NOPRIVILEGES');
      }
      if (sessions.length === 0) {
        // It is on another server of the chat.
        const answer = await call.command('kick', { user: account.name });
        if (answer.kind === 'error') call.refuse(answer, nick);
        return;
      }
      const facts = { event: 'kill', operator: client.operator.name, account: account.name, reason };
      irc.logger.info(facts, 'an operator closed the sessions of a user');
      irc.lastWords.set(account.id, `Killed (${client.nick} (${reason}))`);
      for (const session of sessions) session.close('kicked');
      irc.lastWords.delete(account.id);
    },
  },
  WALLOPS: {
    least: 1,
    run(call) {
      const [text = ''] = call.params;
      const { client, irc, account } = call;
      if (client.operator === undefined) return call.numeric('ERR_NOPRIVILEGES');
      const line = { source: client.source, command: 'WALLOPS', params: [text] };
      const readers = [...irc.clients.all()].filter(({ modes }) => modes.has('w'));
      tellAll(readers, line, { account });
    },
  },
};

/** Counts an attempt. @returns whether there were not too many */
function mayTry({ irc }: Call, key: string): boolean {
  if (irc.operAttempts.take(key, ATTEMPTS, irc.clock.monotonic()) === 0) return true;
  irc.server.countLimitHit('irc-oper');
  return false;
}

/** Whether a password is that of an account, whose role makes an operator. */
async function isRight({ client, irc }: Call, operator: StoredAccount, password: string): Promise<boolean> {
  if (passwordObjection(operator) !== undefined || password === '') return false;
  const checked = await irc.passwords?.verify(password, operator.hash, client.session.network);
  return checked?.right === true && (await irc.roles?.has(operator, OPERATOR_ROLE)) === true;
}
