import type { Call, IrcCommands } from '../call.ts';
import { accountNameOf } from '../irc.ts';
import { cap } from '../registration/cap.ts';
import type { DraftMessage } from '../wire/message.ts';
import { reasonFrom } from './words.ts';

/** A session keeps its account. */
const LOG_IN_AGAIN = 'A connection keeps its account: connect again to log in as somebody else';

/** What concerns the connection itself. */
export const sessionCommands: IrcCommands = {
  PING: {
    isBarrier: true,
    async run(call) {
      const [token = ''] = call.params;
      const { name } = call.irc.options;
      await call.irc.underway.settled(call.irc.clock);
      if (call.params.length === 0) call.numeric('ERR_NEEDMOREPARAMS', ['PING']);
      else if (token === '') call.numeric('ERR_NOORIGIN');
      else call.line({ command: 'PONG', params: [name, token] });
    },
  },
  PONG: { run() {} },
  QUIT: {
    async run(call) {
      const { client, irc, account, params } = call;
      const message = await reasonFrom(call, params[0]);
      client.quitMessage = message;
      if (message !== undefined) irc.lastWords.set(account.id, `Quit: ${message}`);
      // Others are told at once, if it was the account's last session.
      client.session.close('goodbye');
      irc.lastWords.delete(account.id);
    },
  },
  CAP: {
    run(call) {
      const lines: DraftMessage[] = [];
      cap(call.client, call.params, lines);
      for (const line of lines) call.line(line);
    },
  },
  AUTHENTICATE: {
    run(call) {
      const isUser = accountNameOf(call.irc, call.account) !== undefined;
      call.numeric(isUser ? 'ERR_SASLALREADY' : 'ERR_ALREADYREGISTERED', [], LOG_IN_AGAIN);
    },
  },
  USER: { run: alreadyRegistered },
  PASS: { run: alreadyRegistered },
};

function alreadyRegistered(call: Call): void {
  call.numeric('ERR_ALREADYREGISTERED');
}
