import { BlockList, isIP, isIPv6 } from 'node:net';
import { plainAddress } from './address.ts';

/** Whether this is an IP address or a network, as `10.0.0.0/8`. */
export function isAddressEntry(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  if (isIP(address) === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv6(address) ? 128 : 32));
}

/** Looks addresses up in a list of addresses and networks. @returns whether an IP address is on it; what is no IP address is not */
export function inAddressList(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (given) => {
    const address = plainAddress(given).replace(/%.*$/, '');
    return isIP(address) > 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  };
}
