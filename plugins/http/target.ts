import type { IncomingMessage } from 'node:http';

/** The path that a request is for, without its query, which may tell more than a log should keep. */
export function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

const ABSOLUTE_FORM = /^https?:\/\/(?<host>[^/?#@]*)(?<path>[/?][^#]*)?/i;

/**
 * Brings a request in absolute form, as clients send it to a proxy (`GET http://chat.example/path`, RFC 9112, 3.2.2),
 * into the form that handlers know: the path in `url`, and the target's host in place of the header `Host`.
 * @returns whether it was in absolute form
 */
export function toOriginForm(request: IncomingMessage): boolean {
  const { host, path = '/' } = ABSOLUTE_FORM.exec(request.url ?? '')?.groups ?? {};
  if (host === undefined) return false;
  request.url = path.startsWith('/') ? path : `/${path}`;
  request.headers.host = host;
  return true;
}
