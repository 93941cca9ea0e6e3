import { Accounts, defineCommand, definePlugin } from 'chatserv';

/** Asks for two things, the second a secret. */
export const order = defineCommand({
  name: 'order',
  summary: 'Orders a pizza',
  async run({ session }) {
    const size = await session.ask('size');
    const card = await session.ask('card', { because: 'payment', secret: true });
    return `${size} pizza, paid with a card of ${card.length} digits`;
  },
});

/** Always fails. */
export const broken = defineCommand({
  name: 'broken',
  summary: 'Fails',
  run() {
    throw new Error('This command is broken.');
  },
});

/** Refuses by mistake whoever comes from 198.51.100.7. */
export const brokenDoor = definePlugin({
  name: 'broken-door',
  summary: 'Fails for one address',
  setup: () => ({
    hooks: {
      onConnect(session) {
        if (session.address === '198.51.100.7') throw new Error('This door is broken.');
        return undefined;
      },
    },
  }),
});

/** Has a user called 203.0.113.7, registered when the rules still allowed that. */
export const oldName = definePlugin({
  name: 'old-name',
  summary: 'Creates a user whose name is an address',
  needs: { accounts: Accounts },
  setup: ({ accounts }) => ({
    async start() {
      await accounts.create('203.0.113.7', '');
    },
  }),
});

/** Removes the account of whoever calls it. */
export const unregister = defineCommand({
  name: 'unregister',
  usage: 'unregister',
  summary: 'Removes your account',
  needs: { accounts: Accounts },
  async run({ account }, { accounts }) {
    await accounts.remove(account.id);
    return 'removed:';
  },
});
