import type { IncomingMessage } from 'node:http';

/** The path of a request, without the query, which may contain what a log should not keep. */
export function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

const ABSOLUTE_FORM = /^https?:\/\/(?<host>[^/?#@]*)(?<path>[/?][^#]*)?/i;

/**
 * Normalizes a request in absolute form, as clients send it to proxies (`GET http://chat.example/path`, RFC 9112, 3.2.2):
 * leaves the path in `url`, and puts the target's host into the header `Host`.
 * @returns whether it was in absolute form
 */
export function toOriginForm(request: IncomingMessage): boolean {
  const { host, path = '/' } = ABSOLUTE_FORM.exec(request.url ?? '')?.groups ?? {};
  if (host === undefined) return false;
  request.url = path.startsWith('/') ? path : `/${path}`;
  request.headers.host = host;
  return true;
}
