import { type Account, type KindSpec, type Refusal, z } from 'chatserv';
import type { Irc } from '../irc.ts';

/** The kind of what users say about themselves. */
const OWN_WORDS = 'irc-own-words';

/** An entry of that kind is addressed to its sender, and read by nobody. */
export const ownWordsKind: KindSpec = {
  name: OWN_WORDS,
  version: 1,
  schema: z.strictObject({ text: z.string() }),
  counts: false,
  isShown: () => false,
};

/**
 * Takes what an account says about itself, such as why it is away, through the guards and transforms of messages: others
 * read it, so whoever may not write to them may not say it.
 * @returns the text that they left, or why it was refused
 */
export async function ownWords({ server }: Irc, account: Account, text: string): Promise<string | Refusal> {
  let said = text;
  const entry = await server.postEntry({
    kind: OWN_WORDS,
    from: account,
    of: { id: 0, room: 0, members: [account.id] },
    to: [account],
    text,
    kept: false,
    data(left) {
      said = left;
      return { text: left };
    },
  });
  return 'reason' in entry ? entry : said;
}
