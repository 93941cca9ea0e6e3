/** A part of a text: plain, or a link. */
export interface Part {
  readonly text: string;
  readonly href?: string;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\u2018-\u201f]+/gi;

/** Invisible characters that change the reading direction and could disguise an address. */
const TURNING = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/;

/** One to three emoji and nothing else. */
const EMOJI = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** Whether a text is only emoji. */
export function isEmoji(text: string): boolean {
  return EMOJI.test(text);
}

/** Finds the web addresses in a text: http and https only, without the punctuation that ends a sentence. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutEnding(match[0]);
    if (TURNING.test(address) || !URL.canParse(address)) continue;
    const { protocol, href, username } = new URL(address);
    // A user name in an address could pass for its host.
    if ((protocol !== 'http:' && protocol !== 'https:') || username !== '') continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** Cuts off what ends a sentence, or closes a parenthesis that was opened before the address. */
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
