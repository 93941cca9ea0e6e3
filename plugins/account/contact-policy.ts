import {
  type Account,
  Accounts,
  type Audience,
  command,
  definePlugin,
  Inbox,
  isBot,
  isGuest,
  type MessageDraft,
  MessageLog,
  PersonalData,
  param,
  Roles,
  refuse,
  reply,
  Storage,
  z,
} from 'chatserv';

/** Whose messages an account accepts, besides those of its contacts. */
const POLICIES = ['all', 'rooms', 'nobody'] as const;

type Policy = (typeof POLICIES)[number];

/** How many policies to read at a time. */
const PAGE = 500;

/** An id above all entries: a count from there on reads none. */
const END = Number.MAX_SAFE_INTEGER;

export default definePlugin({
  name: 'contact-policy',
  summary: 'Lets users choose who may start a conversation with them',
  options: z.strictObject({
    default: z
      .enum(POLICIES)
      .default('all')
      .describe('Who may write to users who have not chosen: all, those who share a room with them, or nobody'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
  // Comes after `offline-messages`, which finds the accounts of offline recipients.
  wants: { inbox: Inbox, roles: Roles },
  provides: { personalData: PersonalData },
  setup({ options, accounts, messageLog, roles, storage, hotState }) {
    const stored = storage.open('contact-policies', z.enum(POLICIES));
    /** The choices of all accounts, by id, so that a message costs no query. */
    const chosen = hotState('policies', () => ({ byId: new Map<number, Policy>(), isLoaded: false }));

    const policyOf = ({ id }: Account): Policy => chosen.byId.get(id) ?? options.default;

    stored.watch(async (key) => {
      if (key === undefined) return load();
      const policy = await stored.get(key);
      if (policy === undefined) chosen.byId.delete(Number(key));
      else chosen.byId.set(Number(key), policy);
    });

    async function load(): Promise<void> {
      for (let after: string | undefined; ; ) {
        const page = await stored.list({ after, limit: PAGE });
        for (const { key, value } of page) chosen.byId.set(Number(key), value);
        after = page.at(-1)?.key;
        if (page.length < PAGE) break;
      }
      chosen.isLoaded = true;
    }

    async function shareRoom(one: Account, other: Account): Promise<boolean> {
      const [ofOne, ofOther] = await Promise.all([one, other].map(({ id }) => messageLog.roomsOf(id, 'room')));
      const ids = new Set(ofOne?.map(({ id }) => id));
      return ofOther?.some(({ id }) => ids.has(id)) === true;
    }

    /** Whether the host trusts a sender: a bot, or a user with a role. */
    async function isTrusted(sender: Account): Promise<boolean> {
      if (isGuest(sender)) return false;
      const account = await accounts.get(sender.id);
      return (account !== undefined && isBot(account)) || (await roles?.has(sender, 'moderator')) === true;
    }

    async function takes(recipient: Account, sender: Account): Promise<boolean> {
      const policy = policyOf(recipient);
      if (policy === 'all' || isGuest(recipient) || recipient.id === sender.id) return true;
      if ((await messageLog.count(recipient.id, sender.id, END, 1)).isContact) return true;
      return policy === 'rooms' && !isGuest(sender) && (await shareRoom(recipient, sender));
    }

    /** Removes the recipients who do not take the message, and refuses it if nobody is left. */
    async function screen(message: MessageDraft, audience: Exclude<Audience, { group: string }>): Promise<undefined> {
      const { from } = message;
      if (await isTrusted(from)) return;
      const { accounts: named, unresolved } = audience;
      const taken = await Promise.all(named.map((recipient) => takes(recipient, from)));
      const refused = named.filter((_, index) => !taken[index]);
      if (refused.length === 0) return;
      if (refused.length === named.length) {
        const who = refused.length === 1 ? `${refused[0]?.name} does not take` : 'They do not take';
        message.refuse(refuse('contact', `${who} messages from you.`));
        return;
      }
      for (const recipient of refused) named.splice(named.indexOf(recipient), 1);
      unresolved.push(...refused.map(({ name }) => name));
    }

    return {
      provide: { personalData: { name: 'contact-policy', of: async ({ id }: Account) => chosen.byId.get(id) } },
      commands: [
        command({
          name: 'contact-policy',
          summary: 'Sets who may start a conversation with you, or shows it',
          params: {
            policy: param.choice(POLICIES, 'all users, those who share a room with you, or nobody').optional(),
          },
          async run({ account, values: { policy } }) {
            if (policy !== undefined) {
              await stored.set(String(account.id), policy);
              chosen.byId.set(account.id, policy);
            }
            const current = policyOf(account);
            return reply(`contact-policy:${current}`, { policy: current });
          },
        }),
      ],
      hooks: {
        onMessage: {
          transform: {
            order: 'post',
            filter({ audience, from, of }) {
              if ('group' in audience || from.id === 0 || of !== undefined) return false;
              return audience.accounts.some((recipient) => policyOf(recipient) !== 'all');
            },
            handler: (message) => ('group' in message.audience ? undefined : screen(message, message.audience)),
          },
        },
        async onAccountChange({ id }, change) {
          if (change !== 'removed') return;
          chosen.byId.delete(id);
          await stored.delete(String(id));
        },
      },
      async start() {
        if (!chosen.isLoaded) await load();
      },
    };
  },
});
