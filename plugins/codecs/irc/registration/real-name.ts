import type { Account } from 'chatserv';
import type { Client } from '../client.ts';
import { ownWords } from '../messages/own-words.ts';
import { NAME_LENGTH } from '../people/person.ts';

/** The real name that a client gave as it logs in; empty, which stands for the account's name, if it may not say that. */
export async function realNameOf({ irc, realname }: Client, { id, name }: Account): Promise<string> {
  const given = [...realname].slice(0, NAME_LENGTH).join('');
  const said = given === '' ? '' : await ownWords(irc, { id, name }, given);
  return typeof said === 'string' ? said : '';
}
