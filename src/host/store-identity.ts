import { Accounts } from '../services/accounts.ts';
import { MessageLog } from '../services/message-log.ts';
import { ConfigErrors } from './config-errors.ts';

/** The services whose ids sessions, feeds and plugins hold. */
const STORE_SERVICES = [Accounts.service, MessageLog.service];

type Services = ReadonlyMap<string, unknown>;

/**
 * Checks that a reload leaves the store as it is.
 * @param provided whether to check a service
 * @throws ConfigErrors when the accounts or messages would be different ones
 */
export function mustKeepStore(before: Services, next: Services, provided: (service: string) => boolean): void {
  const changed = (service: string) => !isSameContents(before.get(service), next.get(service));
  if (!STORE_SERVICES.some((service) => provided(service) && changed(service))) return;
  throw new ConfigErrors([
    'A reload cannot change the store, because open sessions refer to accounts and messages by its ids: ' +
      'restart the server instead. (A store plugin whose contents stay the same declares it with Accounts.identity.)',
  ]);
}

function isSameContents(before: unknown, next: unknown): boolean {
  if (before === next) return true;
  const identity = (before as Accounts | MessageLog | undefined)?.identity;
  return identity !== undefined && identity === (next as Accounts | MessageLog | undefined)?.identity;
}
