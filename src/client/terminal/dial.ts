import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type OpenCarrier, overStream } from '../carriers.ts';
import type { Address } from './address.ts';

/** How TLS is spoken. */
export interface TlsOptions {
  /** Certificates (PEM) to trust in the place of the system's. */
  readonly ca?: string;
  /** Whether any certificate will do. */
  readonly insecure: boolean;
}

/** Opens connections to an address, with TLS or without. */
export function dial({ where }: Address, tls: TlsOptions | undefined): OpenCarrier {
  return overStream(() => {
    const socket = tls === undefined ? connect(where) : overTls(where, tls);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    return socket;
  });
}

function overTls(where: Address['where'], { ca, insecure }: TlsOptions): Socket {
  const name = 'host' in where && !/^[\d.]+$|:/.test(where.host) ? { servername: where.host } : {};
  return connectTls({ ...where, ...name, ...(ca !== undefined && { ca }), rejectUnauthorized: !insecure });
}
