import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { Session } from '../api/session.ts';

/** An IP address or network, parsed from text. */
export interface ParsedAddress {
  /**
   * The address in its canonical form, without zone and port: an IPv4-mapped IPv6 address as the IPv4 address, any other
   * IPv6 address in lower case and its shortest form. For a network, its first address.
   */
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** The prefix length of a network in CIDR notation: 8 of `10.0.0.0/8`. */
  readonly prefix?: number;
  /** The zone of a link-local address: `eth0` of `fe80::1%eth0`. */
  readonly zone?: string;
  /** The port of `192.0.2.7:4119` or `[2001:db8::1]:4119`. */
  readonly port?: number;
}

/** `[address]` or `[address]:port`, `address:port` of IPv4, or an address alone; a network. */
const FORMS = [
  /^\[(?<host>[^[\]/]+)\](?::(?<port>\d{1,5}))?$/,
  /^(?<host>[\d.]+):(?<port>\d{1,5})$/,
  /^(?<host>[^[\]/]+)(?:\/(?<prefix>\d{1,3}))?$/,
];

const BITS = { ipv4: 32, ipv6: 128 } as const;

/** How many bits of an IPv4-mapped IPv6 address precede the IPv4 address. */
const MAPPED_BITS = 96;

/**
 * Parses an IP address or network: IPv4, IPv6 with or without a zone, IPv4-mapped IPv6, optionally in brackets and with a
 * port, or in CIDR notation. Callers reject the parts that they do not accept.
 * @returns undefined for anything else, such as a host name
 */
export function parseAddress(text: string): ParsedAddress | undefined {
  const { host = '', port, prefix } = FORMS.map((form) => form.exec(text)?.groups).find(Boolean) ?? {};
  if (Number(port) > 65_535) return undefined;
  if (isIPv4(host)) return parsed(host, 'ipv4', prefix, { port });
  if (!isIPv6(host)) return undefined;
  const [bare = '', zone] = host.split('%');
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  const mapped = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : '';
  if (!isIPv4(mapped)) return parsed(address, 'ipv6', prefix, { zone, port });
  if (prefix === undefined) return parsed(mapped, 'ipv4', undefined, { port });
  if (Number(prefix) < MAPPED_BITS) return parsed(address, 'ipv6', prefix, {});
  return parsed(mapped, 'ipv4', String(Number(prefix) - MAPPED_BITS), {});
}

function parsed(
  address: string,
  family: ParsedAddress['family'],
  prefix: string | undefined,
  { zone, port }: { readonly zone?: string | undefined; readonly port?: string | undefined },
): ParsedAddress | undefined {
  if (prefix === undefined) {
    return { address, family, ...(zone !== undefined && { zone }), ...(port !== undefined && { port: Number(port) }) };
  }
  if (Number(prefix) > BITS[family] || zone !== undefined) return undefined;
  return { address: firstOf(address, family, Number(prefix)), family, prefix: Number(prefix) };
}

/** The first address of a network. */
function firstOf(address: string, family: ParsedAddress['family'], prefix: number): string {
  const width = family === 'ipv4' ? 8 : 16;
  const parts = family === 'ipv4' ? address.split('.').map(Number) : groupsOf(address);
  const masked = parts.map((part, index) => {
    const kept = Math.min(Math.max(prefix - index * width, 0), width);
    return part & ~((1 << (width - kept)) - 1);
  });
  if (family === 'ipv4') return masked.join('.');
  const written = masked.map((group) => group.toString(16)).join(':');
  return new SocketAddress({ address: written, family }).address;
}

/** The eight groups of an IPv6 address in its canonical form. */
function groupsOf(address: string): number[] {
  const dotted = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a, b, c, d] = bytes.slice(0, 4).map((byte) => Number(byte).toString(16).padStart(2, '0'));
    return `${a}${b}:${c}${d}`;
  });
  const [head = '', tail = ''] = dotted.split('::');
  const [left, right] = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = new Array<string>(8 - (left?.length ?? 0) - (right?.length ?? 0)).fill('0');
  return [...(left ?? []), ...zeros, ...(right ?? [])].map((group) => Number.parseInt(group, 16));
}

/**
 * A peer's address for display and comparison: canonical, an IPv4-mapped IPv6 address as the IPv4 address, without a port.
 * Anything but an IP address is returned as it is.
 */
export function plainAddress(address: string): string {
  const { address: plain = address, zone } = parseAddress(address) ?? {};
  return zone === undefined ? plain : `${plain}%${zone}`;
}

/**
 * The network that limits per network apply to: an IPv4 address, or the /64 of an IPv6 address, since each subscriber has
 * at least a whole one (RFC 6177).
 */
export function networkOf(address: string): string {
  const found = parseAddress(address);
  if (found === undefined) return address;
  if (found.family === 'ipv4') return found.address;
  const groups = groupsOf(found.address).slice(0, 4);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

/** A client's address and network, by the address that its transport gave. */
export function locate(address: string): Pick<Session, 'address' | 'network'> {
  const plain = plainAddress(address);
  return { address: plain, network: networkOf(plain) };
}
