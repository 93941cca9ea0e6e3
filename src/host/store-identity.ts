import { Accounts } from '../services/accounts.ts';
import { MessageLog } from '../services/message-log.ts';
import { Mistakes } from './mistakes.ts';

/** The services whose ids sessions, feeds and plugins hold on to. */
const STORE_SERVICES = [Accounts.service, MessageLog.service];

type Services = ReadonlyMap<string, unknown>;

/**
 * Checks that a reload leaves the store as it is.
 * @param provided the services to look at
 * @throws Mistakes when accounts or messages would be others than before
 */
export function mustKeepStore(before: Services, next: Services, provided: (service: string) => boolean): void {
  const changed = (service: string) => !isSameContents(before.get(service), next.get(service));
  if (!STORE_SERVICES.some((service) => provided(service) && changed(service))) return;
  throw new Mistakes([
    'A reload cannot change the store, because open sessions know accounts and messages by the ids of the present one: ' +
      'restart the server for that. (A store plugin that still holds the same contents must say so: see Accounts.identity.)',
  ]);
}

function isSameContents(before: unknown, next: unknown): boolean {
  if (before === next) return true;
  const identity = (before as Accounts | MessageLog | undefined)?.identity;
  return identity !== undefined && identity === (next as Accounts | MessageLog | undefined)?.identity;
}
