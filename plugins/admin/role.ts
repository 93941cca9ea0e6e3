import {
  type Account,
  type Accounts,
  type CommandSpec,
  isRole,
  isTemporary,
  param,
  type Reply,
  type Roles,
  refuse,
  reply,
  type StoredAccount,
} from 'chatserv';
import type { Audit } from './audit.ts';
import { noUser } from './target.ts';

/** In place of roles: takes all away. */
const NONE = 'none';

interface RoleContext {
  readonly accounts: Accounts;
  readonly roles?: Roles | undefined;
  readonly audit: Audit;
}

/** The command that shows and changes the roles of users. Nobody changes their own, so the last admin stays one. */
export function roleCommand({ accounts, roles, audit }: RoleContext): CommandSpec {
  /** Resolves when the last change is made: of two admins who take the role from each other, one keeps it. */
  let last: Promise<unknown> = Promise.resolve();

  async function change(caller: Account, { id, name }: StoredAccount, wanted: readonly string[]): Promise<Reply> {
    if (!(await roles?.has(caller, 'admin'))) return refuse('denied', 'You are no admin any more.');
    await accounts.setRoles(id, wanted);
    return rolesOf(name, wanted);
  }

  return audit.command(
    {
      name: 'role',
      summary: 'Shows the roles of a user, or replaces them',
      role: 'admin',
      params: {
        user: param.user(),
        roles: param.text(`such as admin or moderator, or ${NONE}`).optional(),
      },
    },
    async ({ account: caller, values: { user, roles: given = '' } }) => {
      const account = await accounts.find(user);
      if (account === undefined) return noUser(user);
      const words = given.split(' ').filter((word) => word !== '');
      if (words.length === 0) return rolesOf(account.name, account.roles);
      if (account.id === caller.id) return refuse('self', 'You cannot change your own roles.');
      if (isTemporary(account)) return refuse('user', `${account.name} is a guest: guests have no roles.`);
      const wrong = words.find((word) => !isRole(word));
      if (wrong !== undefined) {
        return refuse('args', `'${wrong}' cannot be a role: roles have lower-case letters, digits and hyphens.`);
      }
      const wanted = [...new Set(words)].filter((word) => word !== NONE);
      return {
        target: `user:${account.name}`,
        run() {
          const changing = last.then(() => change(caller, account, wanted));
          last = changing.catch(() => {});
          return changing;
        },
      };
    },
  );
}

function rolesOf(user: string, roles: readonly string[]): Reply {
  return reply(`roles:${roles.join(' ') || NONE}`, { user, roles });
}
