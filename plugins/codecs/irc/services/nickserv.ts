import { accountNameOf } from '../irc.ts';
import { loggedIn, register } from '../registration/register.ts';
import type { ServiceCommand, ServiceRequest } from './service.ts';

/** How to log in, for those who ask for it too late. */
const LOG_IN = 'Log in when you connect: with SASL, or with your password as that of the server (PASS).';

/** What people ask NickServ. */
export const NICKSERV: Readonly<Record<string, ServiceCommand>> = {
  IDENTIFY: {
    form: '[<account>] <password>',
    about: 'Explains how to log in.',
    least: 0,
    run(request) {
      const { irc, account } = request.call;
      const name = accountNameOf(irc, account);
      request.say(name === undefined ? LOG_IN : `You are logged in as ${name}.`);
    },
  },
  INFO: {
    form: '[<nick>]',
    about: 'Says whether a nick is registered.',
    least: 0,
    async run(request) {
      const { call, words } = request;
      const [nick = call.client.nick] = words;
      const found = await call.irc.accounts.find(nick);
      const name = found && accountNameOf(call.irc, found);
      if (found === undefined || name === undefined) return request.say(`${nick} is not registered.`);
      request.say(`${name} is registered since ${new Date(found.created).toISOString()}.`);
    },
  },
  LOGOUT: {
    form: '',
    about: 'Explains how to log out.',
    least: 0,
    run: (request) => request.say('You are logged in as long as you are connected: use QUIT.'),
  },
  REGISTER: {
    form: '<password>',
    about: 'Registers your nick.',
    least: 1,
    async run(request) {
      const { call, words } = request;
      const answer = await register(call, words[0] ?? '');
      if (answer.kind === 'error') return request.say(refusalOf(answer));
      request.say(`${call.account.name} is registered, with the password that you gave.`);
      loggedIn(call);
    },
  },
  SET: {
    form: 'PASSWORD <old> <new>',
    about: 'Changes your password, and logs out your other clients.',
    least: 3,
    async run(request) {
      const [what = '', old = '', chosen = ''] = request.words;
      if (what.toUpperCase() !== 'PASSWORD') return request.say('Only the PASSWORD can be set.');
      await setPassword(request, old, chosen);
    },
  },
};

function refusalOf({ reason, sentence }: { readonly reason: string; readonly sentence?: string }): string {
  return reason === 'command' ? 'Nobody can register here.' : (sentence ?? `Refused: ${reason}.`);
}

async function setPassword(request: ServiceRequest, old: string, chosen: string): Promise<void> {
  const { client, irc, account } = request.call;
  const { session } = client;
  if (irc.passwords === undefined || accountNameOf(irc, account) === undefined) {
    return request.say('You have no password here. REGISTER first.');
  }
  const refusal = await irc.server.checkPassword(session, old);
  if (refusal !== undefined) return request.say(refusal.sentence ?? `Refused: ${refusal.reason}.`);
  const wrong = await irc.passwords.objection(account.name, chosen);
  if (wrong !== undefined) return request.say(`That password cannot be used (${wrong}).`);
  const hash = await irc.passwords.hash(chosen, session.network);
  if (hash === undefined) return request.say('The server is busy. Try again in a moment.');
  await irc.accounts.setHash(account.id, hash, { by: session });
  irc.logger.info({ event: 'password-change', ...session.who }, 'a password was changed');
  request.say('Your password was changed.');
}
