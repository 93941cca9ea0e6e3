import { isIPv4, isIPv6, SocketAddress } from 'node:net';

/** A parsed PROXY header. */
export interface ProxyHeader {
  /** The client's IP address; undefined if the proxy connects for itself, or does not know it. */
  readonly address: string | undefined;
  /** The header's length in bytes. */
  readonly length: number;
}

/** The longest header of version 1 in bytes, with its end of line. */
const V1_LONGEST = 107;

/** The longest header of version 2 in bytes, with extensions such as a client's certificate. */
const V2_LONGEST = 4096;

const V1_SIGNATURE = Buffer.from('PROXY ');
const V2_SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n');
const V2_FIXED = 16;

/**
 * Parses the header that a proxy puts before a client's bytes, in either version of the PROXY protocol
 * (HAProxy's doc/proxy-protocol.txt).
 * @param bytes the first bytes of a connection that have arrived
 * @returns the header, or undefined while more bytes are needed
 * @throws when they do not begin with one, with what is wrong
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader | undefined {
  if (begins(bytes, V1_SIGNATURE)) return parseVersion1(bytes);
  if (begins(bytes, V2_SIGNATURE)) return parseVersion2(bytes);
  throw new Error('it began with no PROXY header');
}

/** Whether the bytes match a signature, or the beginning of it. */
function begins(bytes: Buffer, signature: Buffer): boolean {
  const both = Math.min(bytes.length, signature.length);
  return bytes.compare(signature, 0, both, 0, both) === 0;
}

function parseVersion1(bytes: Buffer): ProxyHeader | undefined {
  const line = bytes.subarray(0, V1_LONGEST).toString('latin1');
  const end = line.search(/[^ -~]/);
  if (end < 0) {
    if (line.length === V1_LONGEST) throw new Error('its PROXY header was too long');
    return undefined;
  }
  if (line[end] === '\r' && end + 1 === line.length && line.length < V1_LONGEST) return undefined;
  if (!line.startsWith('\r\n', end)) throw new Error('its PROXY header held a control character');
  const [, family, ...rest] = line.slice(0, end).split(' ');
  const length = end + 2;
  if (family === 'UNKNOWN') return { address: undefined, length };
  const [source = '', destination = '', ...ports] = rest;
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isPlainIPv6 : () => false;
  if (!isAddress(source) || !isAddress(destination) || ports.length !== 2 || !ports.every(isPort)) {
    throw new Error('its PROXY header was malformed');
  }
  return { address: written(source), length };
}

function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65535;
}

function parseVersion2(bytes: Buffer): ProxyHeader | undefined {
  const command = bytes[12];
  if (command !== undefined && command !== 0x20 && command !== 0x21) {
    throw new Error('its PROXY header was of an unknown version or command');
  }
  const family = bytes[13];
  if (family === undefined || bytes.length < V2_FIXED) return undefined;
  const length = V2_FIXED + bytes.readUInt16BE(14);
  const addresses = ADDRESSES[family];
  // With the command LOCAL the proxy connects for itself, as for a health check; the addresses are skipped.
  const local = command === 0x20;
  if (!local && (addresses === undefined || length < V2_FIXED + addresses.bytes)) {
    throw new Error('its PROXY header was malformed');
  }
  if (length > V2_LONGEST) throw new Error('its PROXY header was too long');
  if (bytes.length < length) return undefined;
  return { address: local ? undefined : addresses?.source(bytes.subarray(V2_FIXED)), length };
}

/** The addresses of each family: their length in bytes, and the position of the client's. */
const ADDRESSES: Readonly<Record<number, { readonly bytes: number; source(bytes: Buffer): string | undefined }>> = {
  // Unspecified, and a Unix socket on the proxy's machine.
  0: { bytes: 0, source: () => undefined },
  49: { bytes: 216, source: () => undefined },
  // TCP over IPv4 and IPv6.
  17: { bytes: 12, source: (bytes) => [...bytes.subarray(0, 4)].join('.') },
  33: {
    bytes: 36,
    source: (bytes) => written((bytes.toString('hex', 0, 16).match(/..../g) as string[]).join(':')),
  },
};

/** The canonical form of an address: of an IPv6 address the shortest. */
function written(address: string): string {
  return new SocketAddress({ address, family: isIPv6(address) ? 'ipv6' : 'ipv4' }).address;
}
