import type { Output } from 'chatserv';
import type { Numeric } from '../wire/numerics.ts';

/** Why a login by nick was refused. */
interface NickRefusal {
  readonly numeric: Numeric;
  readonly text: string;
  /** Whether another nick would not help. */
  readonly isFinal: boolean;
}

/** What is wrong with names that nobody has, by the reasons of the login. */
export const UNUSABLE: ReadonlySet<string> = new Set([
  'empty',
  'too-long',
  'characters',
  'reserved',
  'address',
  'direction',
  'mixed-scripts',
]);

const NO_ACCOUNT = 'There is no account of this name: register one first, such as on the web page';
const USERS_ONLY = 'This server lets in registered users only: log in with SASL, or with PASS before NICK';

/** What a question of the login means to a client that has sent all it had. @param hasPassword whether that was a password */
export function refusalOf(
  { question, because, reason = '' }: Extract<Output, { readonly kind: 'ask' }>,
  hasPassword: boolean,
): NickRefusal {
  const inUse = (text: string): NickRefusal => ({ numeric: 'ERR_NICKNAMEINUSE', text, isFinal: false });
  if (question === 'password' && hasPassword) {
    return { numeric: 'ERR_PASSWDMISMATCH', text: 'Password incorrect', isFinal: true };
  }
  if (question === 'password') return inUse('That nickname is registered: log in with SASL, or with PASS before NICK');
  if (because === 'connected') return inUse('Nickname is already in use');
  if (UNUSABLE.has(reason)) {
    return { numeric: 'ERR_ERRONEUSNICKNAME', text: `Erroneous nickname: ${reason}`, isFinal: false };
  }
  if (reason !== '') return inUse('Nickname is already in use, or looks like one that is');
  return { numeric: 'ERR_PASSWDMISMATCH', text: hasPassword ? NO_ACCOUNT : USERS_ONLY, isFinal: true };
}
