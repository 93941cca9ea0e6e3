import { onPath } from './on-path.ts';

/** The program of the NATS server; undefined where there is none. */
export const NATS: string | undefined = onPath('nats-server');
