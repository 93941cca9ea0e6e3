import { z } from 'zod';
import type { OtherServers } from '../services/other-servers.ts';
import type { Difference, OtherReload } from '../services/plugins.ts';
import { ConfigErrors } from './config-errors.ts';
import { messageOf } from './thrown.ts';

const RELOAD = 'server.reload';

/** How long the other servers may take, in milliseconds. */
const RELOAD_TIME = 60_000;

const names = z.array(z.string());

/** What a server answers: what has changed, or what is wrong. */
const outcome = z.union([
  z.object({
    difference: z.object({
      added: names,
      removed: names,
      changed: z.array(
        z.object({ name: z.string(), because: z.enum(['its code', 'its options', 'a service that it uses']) }),
      ),
      kept: names,
    }) satisfies z.ZodType<Difference>,
  }),
  z.object({ errors: names }),
]);

/** Reloads when another server asks for it. @returns stops that */
export function handleReload(others: OtherServers, reload: () => Promise<Difference>): () => void {
  return others.handle(RELOAD, async (): Promise<{ difference: Difference } | { errors: readonly string[] }> => {
    try {
      return { difference: await reload() };
    } catch (cause) {
      return { errors: messageOf(cause).split('\n') };
    }
  });
}

/** Has the other servers reload. @throws ConfigErrors when no plugin connects this server with others */
export async function reloadOthers(others: OtherServers | undefined): Promise<readonly OtherReload[]> {
  if (others === undefined) {
    throw new ConfigErrors(["No plugin connects this server with others: switch on 'nats' to reload them from here."]);
  }
  const answers = await others.ask(RELOAD, {}, RELOAD_TIME);
  return answers.map((answer) => {
    const { server } = answer;
    if ('error' in answer) return { server, errors: [answer.error] };
    return { server, ...(outcome.safeParse(answer.result).data ?? { errors: ['its answer cannot be read'] }) };
  });
}
