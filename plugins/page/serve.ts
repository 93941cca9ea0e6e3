import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ServedFile } from './site.ts';

/**
 * The page may only load its own files and connect to its own host. No text can become a script or a style, and even the
 * page's own scripts cannot turn text into markup.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  // The same host and port, WebSockets included.
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS: OutgoingHttpHeaders = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * Answers requests for a fixed table of files.
 * @param path the folder that they are served under; it ends with a slash
 * @param files returns them by their paths below it; undefined if they were not built
 */
export function serve(path: string, files: () => ReadonlyMap<string, ServedFile> | undefined) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const asked = (request.url ?? '').split('?', 1)[0] ?? '';
    const known = files();
    const file = asked.startsWith(path) ? known?.get(asked.slice(path.length)) : undefined;
    if (known === undefined) {
      say(response, 503, 'The page is not built. Run `npm run build:page` where chatserv was checked out.');
    } else if (`${asked}/` === path) {
      // Relative, since a proxy may map the path.
      say(response, 308, 'The page is here.', { location: `${path.split('/').at(-2)}/` });
    } else if (file === undefined) {
      say(response, 404, 'There is nothing at this address.');
    } else if (request.method === 'GET' || request.method === 'HEAD') {
      send(request, response, file);
    } else {
      say(response, 405, 'Only GET and HEAD are allowed here.', { allow: 'GET, HEAD' });
    }
  };
}

function send({ method, headers }: IncomingMessage, response: ServerResponse, file: ServedFile): void {
  const about = {
    ...HEADERS,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
    vary: 'accept-encoding',
  };
  if (isKnown(headers['if-none-match'], file.etag)) {
    response.writeHead(304, about).end();
    return;
  }
  const zipped = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(headers['accept-encoding']?.toString() ?? '');
  const body = zipped ? file.gzip : file.body;
  response.writeHead(200, {
    ...about,
    'content-type': file.type,
    'content-length': body.length,
    ...(zipped && { 'content-encoding': 'gzip' }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** Whether a browser has this version already (RFC 9110, 13.1.2: weak comparison). */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => bare(tag) === bare(etag));
}

function say(response: ServerResponse, status: number, text: string, more: OutgoingHttpHeaders = {}): void {
  const headers = { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache', ...more };
  response.writeHead(status, headers).end(`${text}\n`);
}
