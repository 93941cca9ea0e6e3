import { z } from 'chatserv';

/** An origin as a scheme and a host, with a port or not. */
const FORM = /^([a-z][a-z0-9+.-]*):\/\/[^/?#@\s]+\/?$/i;

/** Schemes that no page is loaded from. */
const NO_PAGES = ['ws', 'wss', 'ftp', 'file'];

/** An origin as browsers send it: in lower case and without the port that its scheme implies; undefined if it is not one. */
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
      "Expected origins, a scheme and a host with nothing after them, such as https://chat.example or http://localhost:8080, or '*'",
    ),
);

/** Whether a page's origin has the host that it connects to, with or without the default port. */
export function isSameHost(origin: string, host: string): boolean {
  const url = URL.parse(origin);
  return url !== null && URL.parse(`${url.protocol}//${host}`)?.host === url.host;
}
