import { parseAddress } from '../addresses/address.ts';

/** Allowed hosts, as the end of a sentence. Node would take an empty one for every address. */
export const HOSTS =
  'expected an IP address of this machine, without brackets or port, or a host name; to listen on all addresses, 0.0.0.0 (IPv4) or :: (IPv6 too)';

/**
 * Whether this is a host to listen on: an IP address or a host name. A name whose last label is a number is not: the system
 * would read `0` as every address and `127.1` as 127.0.0.1.
 */
export function isHost(host: string): boolean {
  const address = parseAddress(host);
  if (address !== undefined) {
    return address.port === undefined && address.prefix === undefined && !host.startsWith('[');
  }
  const labels = host.replace(/\.$/, '').split('.');
  return (
    labels.every((label) => /^[\p{L}\p{N}_-]{1,63}$/u.test(label)) && !/^(\d+|0x[\da-f]*)$/i.test(labels.at(-1) ?? '')
  );
}
