import type { AddressInfo } from 'node:net';
import { inAddressList, parseAddress, z } from 'chatserv';

const isLoopback = inAddressList(['127.0.0.0/8', '::1']);

/** The schema of an option that lists hosts: names and IP addresses, or `*`. */
export const hostList = z.array(
  z
    .string()
    .refine(
      (host) => host === '*' || namedAlone(host) !== undefined,
      "Expected host names and IP addresses without scheme, port or path, such as chat.example, or '*'",
    ),
);

/** What a `Host` header names. */
interface Named {
  /** A name in lower case, or an IP address in its canonical form. */
  readonly name: string;
  /** The port; undefined if there is none. */
  readonly port: number | undefined;
}

function namedIn(host: string): Named | undefined {
  if (/[/?#@*\\\s]/.test(host)) return undefined;
  const url = URL.parse(`http://${host}/`);
  if (url === null) return undefined;
  const name = url.hostname.replace(/\.$/, '');
  const port = /:(\d+)$/.exec(host)?.[1];
  return { name: parseAddress(name)?.address ?? name, port: port === undefined ? undefined : Number(port) };
}

/** A host without a port, normalized for comparison; undefined if it is not a host. */
function namedAlone(host: string): string | undefined {
  const found = parseAddress(host);
  if (found !== undefined) {
    const { address, port, prefix, zone } = found;
    return port === undefined && prefix === undefined && zone === undefined ? address : undefined;
  }
  const { name, port } = namedIn(host) ?? {};
  return port === undefined ? name : undefined;
}

/** How a request arrived. */
export interface Asked {
  /** Its `Host` header, which browsers always send. */
  readonly host: string | undefined;
  /** Whether its target was in absolute form, which browsers use only with proxies. */
  readonly absolute: boolean;
  /** Whether a trusted proxy forwarded it. */
  readonly forwarded: boolean;
}

/**
 * Detects DNS rebinding: a page whose DNS points here could read everything on a loopback port, and its `Origin` and
 * `Host` agree. The `Host` of such a request is a name, not an IP address, with the port that the browser connects to.
 * @param hosts the option: further names that are this server's
 * @param place where the port listens
 */
export function hostCheck(hosts: readonly string[], place: AddressInfo | string | null): (asked: Asked) => boolean {
  const { address = '', port: ours } = typeof place === 'object' && place !== null ? place : {};
  const onLoopback = isLoopback(address);
  const known = new Set(hosts.map(namedAlone));
  const isAny = hosts.includes('*') || (hosts.length === 0 && !onLoopback);
  return ({ host, absolute, forwarded }) => {
    if (isAny || host === undefined) return true;
    const named = namedIn(host);
    if (named === undefined) return false;
    const { name, port } = named;
    if (known.has(name) || name === 'localhost' || name.endsWith('.localhost')) return true;
    if (parseAddress(name) !== undefined && (isLoopback(name) || !onLoopback)) return true;
    if (absolute) return true;
    if (forwarded) return (port ?? (ours === 443 ? 443 : 80)) !== ours;
    // Browsers leave out the default port of a scheme; proxies may not.
    return (port === 80 || port === 443) && port !== ours;
  };
}
