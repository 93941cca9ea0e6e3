import { Accounts } from 'chatserv';
import type { TestServer } from 'chatserv/testing';

/** The accounts of a server. */
export function accountsOf(server: Pick<TestServer, 'host'>): Accounts {
  return server.host.service(Accounts.service) as Accounts;
}

/** The id of an account; 0 if there is none of this name. */
export async function idOf(server: Pick<TestServer, 'host'>, name: string): Promise<number> {
  return (await accountsOf(server).find(name))?.id ?? 0;
}
