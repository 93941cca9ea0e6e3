import { BlockList } from 'node:net';
import { z } from 'zod';
import { parseAddress } from './address.ts';

/** The schema of an option that lists IP addresses and networks: `['10.0.0.7', '10.1.0.0/16', 'fd00::/8']`. */
export const addressList = z.array(
  z.string().refine(isAddressEntry, 'Expected IP addresses and networks such as 10.0.0.0/8, without ports or zones'),
);

/** Whether this is an IP address or a network, as `10.0.0.0/8`. */
export function isAddressEntry(entry: string): boolean {
  const found = parseAddress(entry);
  return found !== undefined && found.port === undefined && found.zone === undefined;
}

/** How many answers a list remembers before it starts again. */
const REMEMBERED = 1000;

/** Looks IP addresses up in a list of addresses and networks. @returns whether an address is on it; anything else is not */
export function inAddressList(entries: readonly string[]): (address: string) => boolean {
  // Node's list matches IPv4 addresses by their IPv4-mapped form: `::1/64` would contain them all.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const entry of entries) {
    const found = parseAddress(entry);
    if (found === undefined) throw new TypeError(`'${entry}' is neither an IP address nor a network`);
    const { address, family, prefix } = found;
    if (prefix === undefined) lists[family].addAddress(address, family);
    else lists[family].addSubnet(address, prefix, family);
  }
  return remembering((given) => {
    const found = parseAddress(given);
    return found !== undefined && found.prefix === undefined && lists[found.family].check(found.address, found.family);
  });
}

/** Remembers answers: some addresses are asked for with each message. */
function remembering(ask: (address: string) => boolean): (address: string) => boolean {
  const known = new Map<string, boolean>();
  return (address) => {
    let answer = known.get(address);
    if (answer === undefined) {
      answer = ask(address);
      if (known.size >= REMEMBERED) known.clear();
      known.set(address, answer);
    }
    return answer;
  };
}
