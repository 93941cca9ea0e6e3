/** The address that `chatserv connect` connects to, and the user. */
export interface Address {
  readonly user?: string;
  readonly where: { readonly host: string; readonly port: number } | { readonly path: string };
}

/**
 * Reads `[user@]host[:port]`, `[user@][::1]:4119` or `[user@]unix:/path`.
 * @param port the default port
 * @returns undefined if it has none of these forms
 */
export function addressOf(text: string, port: number): Address | undefined {
  const at = text.lastIndexOf('@');
  const user = at > 0 ? { user: text.slice(0, at) } : {};
  const place = text.slice(at + 1);
  const [, path] = /^unix:(.+)$/s.exec(place) ?? [];
  if (path !== undefined) return { ...user, where: { path } };
  // More than one colon without brackets is an IPv6 address.
  const [, bracketed, plain, given] =
    /^(?:\[([^\]]+)\]|([^:[\]]+|[^[\]]*:[^[\]]*:[^[\]]*))(?::(\d+))?$/.exec(place) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || /\s/.test(host) || Number(given ?? port) > 65_535) return undefined;
  return { ...user, where: { host, port: Number(given ?? port) } };
}

/** An address as a person types it, without the user. */
export function addressText({ where }: Address): string {
  if ('path' in where) return `unix:${where.path}`;
  return `${where.host.includes(':') ? `[${where.host}]` : where.host}:${where.port}`;
}
