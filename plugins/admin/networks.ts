import { networkOf, parseAddress } from 'chatserv';

/** The prefix length of an IPv6 network that counts as one place, such as a home. */
const PLACE = 64;

/**
 * Parses a network into the form that bans are stored in: `session.network` for an address or a part of an IPv6 /64,
 * otherwise CIDR notation.
 * @returns undefined if it is neither an address nor a network
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

/** The network with this prefix length around an address; undefined if it has none. */
export function networkAround(address: string, width: number): string | undefined {
  const found = parseAddress(address);
  return found && networkIn(`${found.address}/${width}`);
}
