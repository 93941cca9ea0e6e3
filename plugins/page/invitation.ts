import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Http, type HttpHandler, type Invitations, networkOf, type Server } from 'chatserv';

/** The longest code that is read, in bytes. */
const MAX_CODE = 128;

/**
 * Tells the page who invites, and into which rooms. The code is the body of a POST request, so that no proxy logs it.
 * Wrong codes are counted for the client's network.
 */
export function invitationHandler(invitations: Invitations, http: Http, server: Server): HttpHandler {
  return async (request, response) => {
    if (request.method !== 'POST') return send(response, 405, { allow: 'POST' });
    const code = await bodyOf(request);
    if (code === undefined) return send(response, 413);
    const address = http.addressOf(request);
    const client = { network: networkOf(address), exempt: server.isExempt(address) };
    const found = await invitations.check(code, client);
    // Not 404, which browsers log as an error of the page.
    if (found === 'wrong') return send(response, 200, {}, { invitation: null });
    if ('kind' in found) return send(response, 429, { 'retry-after': String(found.seconds) });
    const { by, rooms } = found;
    return send(response, 200, {}, { invitation: { from: by?.name, rooms } });
  };
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_CODE) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, headers: Record<string, string> = {}, body: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
  response.end(`${JSON.stringify(body)}\n`);
}
