import { askPassword } from '../api/decisions.ts';
import { Authenticator } from '../services/authenticator.ts';
import type { Tokens } from '../services/service.ts';
import type { Contributions, Plugin } from './define.ts';
import { handlersOf, type PluginHandler } from './handlers.ts';

/** Turns an authenticator that a plugin provides into handlers of `onUsername` and `onPassword`. */
export function authenticatorHandlers(
  { name: plugin, provides }: Plugin,
  { provide = {} }: Contributions<Tokens>,
  standard: boolean,
): PluginHandler[] {
  const [key] = Object.entries(provides).find(([, { service }]) => service === Authenticator.service) ?? [];
  if (key === undefined) return [];
  const authenticator = (provide as Readonly<Record<string, unknown>>)[key] as Authenticator;
  return handlersOf(plugin, standard, {
    onUsername: {
      async decide(_session, name) {
        const found = await authenticator.identify(name);
        return found === undefined || 'kind' in found ? found : askPassword({ id: found.id, name: found.name });
      },
    },
    onPassword: { decide: (session, account, secret) => authenticator.verify(account, secret, session) },
  });
}
