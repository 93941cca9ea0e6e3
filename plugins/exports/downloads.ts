import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpHandler, Server, SteadyClock } from 'chatserv';
import { FORMAT_SPECS } from './formats.ts';
import type { ExportLink, Links } from './links.ts';
import type { ExportRecord } from './records.ts';

/** How much text is handed over at a time, in UTF-16 units. */
const CHUNK = 16_384;

const GONE = 'This link was used already, has expired, or never existed. Ask the server for a new one.';
const BUSY = 'Other exports are under way. Try again in a minute: the link stays valid.';

/** An export that is about to be downloaded. */
export interface Export {
  /** What it is of, for the name of the file. */
  readonly of: string;
  readonly records: AsyncIterable<ExportRecord>;
}

/** What serving downloads needs. */
export interface DownloadContext {
  readonly path: string;
  readonly links: Links;
  /** The accounts whose downloads are under way; shared by two generations of the plugin. */
  readonly running: Set<number>;
  readonly maxRunning: number;
  /** In seconds. */
  readonly maxTime: number;
  readonly server: Server;
  readonly clock: SteadyClock;
  readonly signal: AbortSignal;
  /** @returns undefined if the account may not download it any more */
  open(link: ExportLink): Promise<Export | undefined>;
}

/** Serves exports under their links, each once, as fast as the client reads. */
export function downloadHandler(context: DownloadContext): HttpHandler {
  const { path, links, running, maxRunning, server } = context;

  return async (request, response) => {
    const token = (request.url ?? '').split('?', 1)[0]?.slice(path.length) ?? '';
    const link = await links.find(token);
    if (link === undefined) return say(response, 404, GONE);
    if (request.method === 'HEAD') return void response.writeHead(200, headersOf(link, 'export')).end();
    if (request.method !== 'GET')
      return say(response, 405, 'Only GET and HEAD are allowed here.', { allow: 'GET, HEAD' });
    if (running.size >= maxRunning || running.has(link.account.id)) {
      server.countLimitHit('exports-running');
      return say(response, 503, BUSY, { 'retry-after': '60' });
    }
    running.add(link.account.id);
    try {
      const found = (await links.use(token)) ? await context.open(link) : undefined;
      if (found === undefined) return say(response, 404, GONE);
      response.writeHead(200, headersOf(link, found.of));
      await send(found.records, link, request, response, context);
    } finally {
      running.delete(link.account.id);
    }
  };
}

/** Streams an export. Ends quietly when the client goes away, and cuts the connection of one that takes too long. */
async function send(
  records: AsyncIterable<ExportRecord>,
  { format }: ExportLink,
  request: IncomingMessage,
  response: ServerResponse,
  { maxTime, server, clock, signal }: DownloadContext,
): Promise<void> {
  const timeout = new AbortController();
  const cancel = clock.after(maxTime * 1000, () => {
    server.countLimitHit('export-time');
    timeout.abort();
  });
  const ended = AbortSignal.any([signal, timeout.signal]);
  try {
    await pipeline(Readable.from(chunksOf(records, FORMAT_SPECS[format].write)), response, { signal: ended });
  } catch (cause) {
    if (!ended.aborted && !request.socket.destroyed && !response.closed) throw cause;
    response.destroy();
  } finally {
    cancel();
  }
}

/** Texts of records, gathered into chunks, so that few writes are needed. */
async function* chunksOf(
  records: AsyncIterable<ExportRecord>,
  write: (record: ExportRecord) => string,
): AsyncGenerator<string> {
  let chunk = '';
  for await (const record of records) {
    chunk += write(record);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function headersOf({ format }: ExportLink, of: string): Record<string, string> {
  const { type, policy } = FORMAT_SPECS[format];
  const file = encodeURIComponent(`${of.replace(/^#/, '')}.${format}`).replace(/['()*]/g, '_');
  return {
    'content-type': type,
    'content-security-policy': policy,
    'content-disposition': `attachment; filename="export.${format}"; filename*=UTF-8''${file}`,
    'cache-control': 'no-store',
    'x-robots-tag': 'noindex',
  };
}

function say(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers });
  response.end(`${text}\n`);
}
