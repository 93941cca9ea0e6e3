import { onPath } from './on-path.ts';

/** The program of the balancer HAProxy; undefined where there is none. */
export const HAPROXY: string | undefined = onPath('haproxy');
