import { z } from 'zod';
import { networkOf } from '../addresses/address.ts';
import type { SetupContext } from '../host/define.ts';

/** The period of the limit, in seconds. */
const TIME = 60;

/** The option of a plugin that speaks TLS, to be spread into its schema. */
export const handshakeOptions = {
  handshakesPerNetwork: z
    .int()
    .positive()
    .default(120)
    .describe(
      'How many TLS handshakes one IPv4 address or IPv6 /64 may begin per minute, since each costs a signature; further connections are closed at once',
    ),
};

/** Limits TLS handshakes per network. @returns whether a new connection from an address may begin one */
export function handshakeLimit(
  { quota, clock, server }: Pick<SetupContext<unknown>, 'quota' | 'clock' | 'server'>,
  most: number,
): (address: string) => boolean {
  const begun = quota('handshakes');
  return (address) => {
    if (server.isExempt(address)) return true;
    if (begun.take(networkOf(address), { most, time: TIME }, clock.monotonic()) === 0) return true;
    server.countLimitHit('handshakes-per-network');
    return false;
  };
}
