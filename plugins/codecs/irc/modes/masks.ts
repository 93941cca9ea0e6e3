import { nameKey, type RoomNameList } from 'chatserv';
import { type Irc, sourceOf } from '../irc.ts';
import { nickOf } from '../names.ts';
import { fullMask, matchesMask } from '../wire/mask.ts';

/** Begins a mask of users who are muted and not banned. */
const MUTED = 'm:';

/** What follows the nick in a mask for a rule of a room, which knows names only. */
const ANYWHERE = '!*@*';

/** The modes that are lists of masks, and the rules of the room that they are. */
export const LISTS: Readonly<Record<string, readonly RoomNameList[]>> = {
  b: ['banned', 'muted'],
  e: ['exempt'],
  I: ['invited'],
};

/** The letter of the mode that a list is. */
export function letterOf(list: RoomNameList): string {
  return list === 'exempt' ? 'e' : list === 'invited' ? 'I' : 'b';
}

/** The rule that a mask stands for. */
export interface MaskRule {
  readonly list: RoomNameList;
  readonly pattern: string;
}

/**
 * The rule that a mask makes in a list. Rooms go by names: a mask without a nick stands for the one user who is online
 * and whom it covers.
 * @returns undefined for a mask that no rule can stand for
 */
export function ruleOf(irc: Irc, letter: string, mask: string): MaskRule | undefined {
  const isMuted = mask.startsWith(MUTED) && letter !== 'I';
  const full = fullMask(isMuted ? mask.slice(MUTED.length) : mask);
  const [nick = ''] = full.split('!', 1);
  const [usual] = LISTS[letter] ?? [];
  const pattern = nick !== '*' || full === `*${ANYWHERE}` ? nick : onlyNickIn(irc, full);
  if (pattern === undefined || usual === undefined) return undefined;
  return { list: isMuted && usual === 'banned' ? 'muted' : usual, pattern };
}

/** The mask of a rule. */
export function maskOf({ list, pattern }: MaskRule): string {
  return `${list === 'muted' ? MUTED : ''}${pattern}${ANYWHERE}`;
}

/** Whether two rules are the same. */
export function isSameRule(one: MaskRule, other: MaskRule): boolean {
  return one.list === other.list && nameKey(one.pattern) === nameKey(other.pattern);
}

/** The nick of the only user of IRC who is online and whom a mask covers. */
function onlyNickIn(irc: Irc, mask: string): string | undefined {
  const accounts = new Map([...irc.clients.all()].map(({ account }) => [account.id, account]));
  const covered = [...accounts.values()].filter((account) => matchesMask(mask, sourceOf(irc, account)));
  const [only] = covered;
  return only !== undefined && covered.length === 1 ? nickOf(only) : undefined;
}
