import {
  type Account,
  Accounts,
  command,
  definePlugin,
  MessageLog,
  param,
  type Reply,
  Rooms,
  refuse,
  reply,
  Storage,
} from 'chatserv';
import { Deletions, MESSAGES } from './deletions.ts';

export default definePlugin({
  name: 'delete-account',
  summary: 'Lets users delete their account, and with it their messages if they like',
  needs: { accounts: Accounts, storage: Storage },
  wants: { messageLog: MessageLog, rooms: Rooms },
  setup(context) {
    const { messageLog, rooms, server, logger } = context;
    const deletions = new Deletions(context);
    const canRedact = messageLog?.removeFrom !== undefined;

    /** What a deletion would do. */
    async function explain(account: Account): Promise<Reply> {
      const owned = (await rooms?.lastOwned(account)) ?? [];
      const named = (alone: boolean) =>
        owned.filter(({ size }) => (size === 1) === alone).map(({ name }) => `#${name}`);
      const [deleted, ownerless] = [named(true), named(false)];
      const lines = [
        `This deletes the account ${account.name} for good, with its rooms, devices and settings. Others may take the name.`,
        'delete-account keep leaves your messages to those who can read them, under your name.',
        ...(canRedact ? ['delete-account redact deletes them, also for those who have not read them yet.'] : []),
        ...(deleted.length > 0 ? [`You are alone in ${deleted.join(' ')}: deleted too.`] : []),
        ...(ownerless.length > 0
          ? [`You are the only owner of ${ownerless.join(' ')}: the moderators take over.`]
          : []),
      ];
      return reply(lines, { choices: canRedact ? MESSAGES : ['keep'], deleted, ownerless });
    }

    return {
      commands: [
        command({
          name: 'delete-account',
          summary: 'Explains how to delete your account, or deletes it',
          params: { messages: param.choice(MESSAGES, 'what becomes of your messages').optional() },
          async run({ session, account, values: { messages } }) {
            if (await deletions.isLastAdmin(account)) return lastAdmin();
            if (messages === undefined) return explain(account);
            if (messages === 'redact' && !canRedact) {
              return refuse('unsupported', 'This server cannot delete your messages. You can keep them.');
            }
            const refusal = await server.checkPassword(session, await session.ask('password', { secret: true }));
            if (refusal !== undefined) return refusal;
            return (await deletions.delete(account, messages)) ? undefined : lastAdmin();
          },
        }),
      ],
      start() {
        deletions.resume().catch((err: unknown) => {
          logger.error({ event: 'store-error', err }, 'the deletion of an account could not be completed yet');
        });
      },
    };
  },
});

function lastAdmin() {
  return refuse('last-admin', 'You are the only admin. Ask the host to make someone else an admin first.');
}
