import {
  Accounts,
  command,
  definePlugin,
  Ignores,
  isGuest,
  nameKey,
  PersonalData,
  Plugins,
  param,
  Roles,
  refuse,
  reply,
  Storage,
  z,
} from 'chatserv';
import type { IgnoreList } from './ignore-list.ts';
import { IgnoreLists, type OnlineLists } from './ignore-lists.ts';

export default definePlugin({
  name: 'ignore',
  summary: 'Lets users ignore others, whose messages they then do not see',
  options: z.strictObject({
    max: z.int().positive().max(5000).default(200).describe('How many users one user can ignore'),
  }),
  needs: { accounts: Accounts, plugins: Plugins, storage: Storage },
  wants: { roles: Roles },
  provides: { ignores: Ignores, personalData: PersonalData },
  setup({ options, accounts, plugins, roles, server, storage, hotState }) {
    const lists = new IgnoreLists(
      storage,
      server,
      roles,
      hotState('online', () => new Map() as OnlineLists),
    );

    let hasStarted = false;

    /** The names of those whom a list holds, as they are called now. */
    async function namesOf({ users = [] }: Partial<IgnoreList> = {}): Promise<string[]> {
      const found = await Promise.all(users.map(({ id }) => accounts.get(id)));
      return users.map(({ name }, index) => found[index]?.name ?? name).sort((a, b) => (a < b ? -1 : 1));
    }

    return {
      provide: {
        ignores: { of: (account) => lists.of(account) },
        personalData: {
          name: 'ignored-users',
          async of({ id }) {
            const list = await lists.of(id);
            return list && (await namesOf(list));
          },
        },
      },
      commands: [
        command({
          name: 'ignore',
          summary: 'Hides the messages of a user from you, on all your devices',
          params: { user: param.user() },
          async run({ account, values: { user } }) {
            const found = await accounts.find(user);
            if (found === undefined) return refuse('user', `There is no user ${user}.`);
            const { id, name } = found;
            if (id === account.id) return refuse('self', 'You cannot ignore yourself.');
            let isFull = false;
            await lists.change(account, (users) => {
              if (users.some((other) => other.id === id)) return undefined;
              isFull = users.length >= options.max;
              return isFull ? undefined : [...users, { id, name }];
            });
            if (!isFull) return reply(`ignored:${name}`, { user: name });
            server.countLimitHit('ignored-users');
            return refuse('too-many', `You can ignore at most ${options.max} users.`);
          },
        }),
        command({
          name: 'unignore',
          summary: 'Shows you the messages of a user again',
          params: { user: param.user() },
          async run({ account, values: { user } }) {
            const found = await accounts.find(user);
            const isMeant = ({ id, name }: { id: number; name: string }) =>
              found === undefined ? nameKey(name) === nameKey(user) : id === found.id;
            let name: string | undefined;
            await lists.change(account, (users) => {
              name = users.find(isMeant)?.name;
              return users.filter((other) => !isMeant(other));
            });
            if (name === undefined) return refuse('user', `You do not ignore ${user}.`);
            return reply(`unignored:${found?.name ?? name}`, { user: found?.name ?? name });
          },
        }),
        command({
          name: 'ignored',
          summary: 'Lists the users whom you ignore',
          async run({ account }) {
            const users = await namesOf(await lists.of(account.id));
            return reply(users.join(' '), { users });
          },
        }),
      ],
      hooks: {
        onLogin: {
          observe: {
            // Before the queued messages: `offline-messages` uses `history`, which uses this plugin.
            order: 'pre',
            async handler({ account }) {
              if (account !== undefined && !isGuest(account)) await lists.apply(account.id);
            },
          },
        },
        async onDisconnect({ account }) {
          if (account !== undefined) lists.left(account);
        },
        async onAccountChange(account, change) {
          if (change === 'removed') await lists.forget(account);
          if (change === 'roles') await lists.roleChanged(account);
        },
      },
      async start() {
        hasStarted = true;
        // Those who logged in while the plugin was off.
        const online = new Set([...server.sessions()].map(({ account }) => account?.id ?? 0));
        const users = [...online].filter((account) => account > 0);
        // In parallel, so that the store answers them in one batch.
        await Promise.all(users.map((account) => lists.apply(account)));
      },
      dispose() {
        // After a reload, the next generation goes on hiding.
        if (hasStarted && !plugins.isLive('ignore')) lists.release();
      },
    };
  },
});
