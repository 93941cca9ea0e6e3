import type { Call, CommandAnswer, IrcCommands } from '../call.ts';
import type { Numeric } from '../wire/numerics.ts';

/** Why the account keeps its name, as numerics. */
const NUMERICS: Readonly<Record<string, Numeric>> = { name: 'ERR_ERRONEUSNICKNAME', taken: 'ERR_NICKNAMEINUSE' };

/** Reasons that hold for every nick: those who are registered have the name of their account. */
const FIXED: ReadonlySet<string> = new Set(['command', 'denied', 'guest']);

/** `NICK`: another nick, which is another name of the account. */
export const nickCommands: IrcCommands = {
  NICK: {
    async run(call) {
      const [nick = ''] = call.params;
      const { client } = call;
      if (nick === '') return call.numeric('ERR_NONICKNAMEGIVEN');
      if (nick === client.nick) return;
      const { source } = client;
      // The answer tells the client, with its label.
      client.isRenaming = true;
      try {
        const answer = await call.command('rename', { name: nick });
        if (answer.kind === 'error') refuse(call, answer, nick);
        else call.line({ source, command: 'NICK', params: [client.nick] });
      } finally {
        client.isRenaming = false;
      }
    },
  },
};

function refuse(call: Call, answer: CommandAnswer & { readonly kind: 'error' }, nick: string): void {
  const { reason, sentence } = answer;
  const numeric = NUMERICS[reason];
  if (numeric !== undefined) call.numeric(numeric, [nick], sentence);
  else if (FIXED.has(reason)) call.numeric('ERR_NICKLOCKED', [nick], 'Your nick is the name of your account.');
  else call.refuse(answer, nick);
}
