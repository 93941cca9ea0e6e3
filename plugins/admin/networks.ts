import { networkOf, parseAddress } from 'chatserv';

/** The prefix length of an IPv6 network that counts as one place. */
const PLACE = 64;

/**
 * The network that a word names, in the form in which bans are stored: `session.network` for an address or a part of an
 * IPv6 /64, otherwise CIDR notation.
 * @returns undefined when it names none
 */
export function networkIn(word: string): string | undefined {
  const found = parseAddress(word);
  if (found === undefined) return undefined;
  const { address, family, prefix } = found;
  const isPlace = prefix === undefined || prefix >= (family === 'ipv4' ? 32 : PLACE);
  return isPlace ? networkOf(address) : `${address}/${prefix}`;
}

/** The prefix length of a network of many places; undefined for a single place. */
export function widthOf(network: string): number | undefined {
  const found = parseAddress(network);
  return found?.family === 'ipv6' && found.prefix === PLACE ? undefined : found?.prefix;
}

/** The network of this width that an address lies in; undefined when there is none. */
export function networkAround(address: string, width: number): string | undefined {
  const found = parseAddress(address);
  return found && networkIn(`${found.address}/${width}`);
}
