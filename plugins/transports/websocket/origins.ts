import { z } from 'chatserv';

/** An origin as a scheme and a host, with a port or not. */
const FORM = /^([a-z][a-z0-9+.-]*):\/\/[^/?#@\s]+\/?$/i;

/** Schemes of addresses from which no page is loaded. */
const NO_PAGES = ['ws', 'wss', 'ftp', 'file'];

/** An origin as browsers send it: in lower case and without the port that its scheme implies; undefined where it is none. */
export function originIn(text: string): string | undefined {
  if (text === 'null') return text;
  const scheme = FORM.exec(text)?.[1]?.toLowerCase();
  const url = URL.parse(text);
  if (scheme === undefined || url === null || NO_PAGES.includes(scheme)) return undefined;
  // URLs of other schemes, as of a browser's extensions, have no origin of their own.
  return url.origin === 'null' ? text.toLowerCase().replace(/\/$/, '') : url.origin;
}

/** The schema of an option that lists origins, or `*`. */
export const originList = z.array(
  z
    .string()
    .refine(
      (origin) => origin === '*' || originIn(origin) !== undefined,
      "Allowed are origins, a scheme and a host and nothing after them, as https://chat.example or http://localhost:8080, and '*'",
    ),
);

/** Whether a page's origin is the host that it connects to, whether their default port is written or not. */
export function isSameHost(origin: string, host: string): boolean {
  const url = URL.parse(origin);
  return url !== null && URL.parse(`${url.protocol}//${host}`)?.host === url.host;
}
