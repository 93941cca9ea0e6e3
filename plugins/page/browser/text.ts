import { element } from './dom.ts';

/** A part of a text: as it is, or an address that can be followed. */
export interface Part {
  readonly text: string;
  readonly href?: string;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\u2018-\u201f]+/gi;

/** Invisible characters that turn the reading direction around, with which an address could look like another. */
const TURNING = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/;

/** Up to three emoji and nothing else. */
const EMOJI = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** Whether a text is a gesture rather than a sentence. */
export function isEmoji(text: string): boolean {
  return EMOJI.test(text);
}

/** Finds the web addresses in a text. Only http and https count, and marks that end a sentence are not part of one. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutEnding(match[0]);
    if (TURNING.test(address) || !URL.canParse(address)) continue;
    const { protocol, href, username } = new URL(address);
    // An address with a user name in it looks like a host that it is not.
    if ((protocol !== 'http:' && protocol !== 'https:') || username !== '') continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** What ends a sentence or closes a parenthesis that was opened before the address is not its end. */
function withoutEnding(address: string): string {
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] ?? '';
    if (/[.,;:!?*_~]/.test(last)) continue;
    const open = { ')': '(', ']': '[', '}': '{' }[last];
    if (open === undefined || count(address.slice(0, end), open) >= count(address.slice(0, end), last)) break;
  }
  return address.slice(0, end);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** Text as nodes: text nodes, and anchors that tell the other page nothing of this one. */
export function nodesOf(text: string): (Node | string)[] {
  return partsOf(text).map(({ text: part, href }) =>
    href === undefined
      ? part
      : element('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow', dir: 'ltr' }, part),
  );
}
