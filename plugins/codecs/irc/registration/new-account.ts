import { type Input, nameKey, type Output } from 'chatserv';
import type { DraftMessage } from '../wire/message.ts';
import { identityOf, newAccount } from './credentials.ts';
import { UNNAMED } from './devices.ts';
import { UNUSABLE } from './refusal.ts';
import type { Registration } from './registration.ts';

/** Why an account was not registered: the code of a standard reply, and a sentence. */
type Refusal = readonly [code: string, sentence: string];

/** Nobody can register, or not now. */
export const NOBODY: Refusal = ['TEMPORARILY_UNAVAILABLE', 'Nobody can register here.'];

/** The answer to a `REGISTER` that has registered an account. */
export function registered(name: string): DraftMessage {
  return { command: 'REGISTER', params: ['SUCCESS', name, 'You are registered.'] };
}

/** The answer to a `REGISTER` that has registered nobody. @param about the name */
export function notRegistered(about: string, [code, sentence]: Refusal): DraftMessage {
  return { command: 'FAIL', params: ['REGISTER', code, about, sentence] };
}

/** The answer to a `VERIFY`. @param about the name @param isUser whether the client is logged in as a user */
export function nothingToVerify(about = '', isUser = false): DraftMessage {
  const code = isUser ? 'ALREADY_AUTHENTICATED' : 'INVALID_CODE';
  return { command: 'FAIL', params: ['VERIFY', code, about || '*', 'Nothing is to be verified here.'] };
}

/** The code for a password that cannot be used. @param why as `Passwords.objection` has it */
export function passwordCode(why: string): string {
  return WEAK.has(why) ? 'WEAK_PASSWORD' : 'UNACCEPTABLE_PASSWORD';
}

/** What is wrong with passwords that are guessed easily. */
const WEAK: ReadonlySet<string> = new Set(['too-short', 'common', 'like-the-name']);

/** Why nobody can register a name; undefined for the nick, which becomes the name of the account. */
export function nameRefusal(name: string, nick: string): Refusal | undefined {
  if (name === '*' || nameKey(name) === nameKey(nick)) return undefined;
  return ['ACCOUNT_NAME_MUST_BE_NICK', 'You can register your nick only: change it first.'];
}

/**
 * The login that registers a client's nick, for a `REGISTER` before the login. It asks what any registration asks, with
 * all limits.
 * @returns why there is none, if so
 */
export async function loginToRegister(
  { client, nick, isAuthenticated }: Registration,
  [name = '*', , password = '']: readonly string[],
): Promise<Extract<Input, { readonly kind: 'login' }> | DraftMessage> {
  const { accounts, registration } = client.irc;
  if (password === '') return client.numericLine('ERR_NEEDMOREPARAMS', ['REGISTER']);
  if (isAuthenticated) return notRegistered(name, ['ALREADY_AUTHENTICATED', 'You are registered.']);
  if (registration === undefined) {
    return notRegistered(name, ['COMPLETE_CONNECTION_REQUIRED', 'Connect first, then register.']);
  }
  if (nick === undefined) return notRegistered('*', ['NEED_NICK', 'Choose a nick first.']);
  const wrong = nameRefusal(name, nick);
  if (wrong !== undefined) return notRegistered(name, wrong);
  const { account, device = UNNAMED[0] } = identityOf(nick, undefined);
  const preset = newAccount({ account, device, password });
  // The login would take the password for that of the account.
  if ((await accounts.find(preset.username)) !== undefined) return notRegistered(nick, TAKEN);
  return { kind: 'login', preset };
}

/** What a question of such a login means. */
export function registerRefusal({
  question,
  because,
  reason = '',
}: Extract<Output, { readonly kind: 'ask' }>): Refusal {
  if (question === 'new-password') return [passwordCode(because), `That password cannot be used (${because}).`];
  if (question === 'invitation') {
    return ['TEMPORARILY_UNAVAILABLE', 'To register here you need an invitation: use it on the web page.'];
  }
  if (UNUSABLE.has(reason)) return ['BAD_ACCOUNT_NAME', `Erroneous nickname: ${reason}`];
  return reason === '' ? NOBODY : TAKEN;
}

const TAKEN: Refusal = ['ACCOUNT_EXISTS', 'That name is taken, or looks like one that is: choose another nick.'];
