import type { Account } from 'chatserv';
import type { Client } from '../client.ts';
import { ownWords } from '../messages/own-words.ts';
import { AWAY_LENGTH, UNATTENDED } from '../people/away.ts';
import { NAME_LENGTH } from '../people/person.ts';

/** Takes what a client said about itself as it logs in through the guards of messages, and leaves out what they refuse. */
export async function checkEarlyWords(client: Client, { id, name }: Account): Promise<void> {
  const passed = async (text: string, length: number): Promise<string | undefined> => {
    const said = await ownWords(client.irc, { id, name }, [...text].slice(0, length).join(''));
    return typeof said === 'string' ? said : undefined;
  };
  const { realname, away } = client;
  if (realname !== '') client.realname = (await passed(realname, NAME_LENGTH)) ?? '';
  if (away !== undefined && away !== UNATTENDED) client.away = await passed(away, AWAY_LENGTH);
}
