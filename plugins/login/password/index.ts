import { availableParallelism } from 'node:os';
import { Accounts, askPassword, definePlugin, Passwords, z } from 'chatserv';
import { FairQueue } from './fair-queue.ts';
import { hashSecret, isStale, verifySecret } from './hash.ts';

export default definePlugin({
  name: 'password',
  summary: 'Logs users in with a password, kept as an argon2id hash',
  options: z.strictObject({
    minLength: z.int().positive().default(8).describe('The shortest new password, in characters'),
    maxLength: z.int().positive().max(1024).default(256).describe('The longest new password, in characters'),
    memory: z.int().min(8192).default(19_456).describe('Memory of one hash, in KiB'),
    passes: z.int().positive().default(2).describe('Passes of one hash'),
    waiting: z.int().positive().default(1000).describe('How many may wait for a hash before more are refused'),
  }),
  needs: { accounts: Accounts },
  provides: { passwords: Passwords },
  setup({ options, accounts }) {
    const cost = { memory: options.memory, passes: options.passes };
    const queue = new FairQueue(availableParallelism(), options.waiting);
    const passwords: Passwords = {
      hash: (secret, who) => queue.run(who, () => hashSecret(secret, cost)),
      async verify(secret, hash, who) {
        const right = await queue.run(who, () => verifySecret(secret, hash));
        return { right, stale: right && isStale(hash, cost) };
      },
      objection(name, secret) {
        const { length } = [...secret];
        if (length < options.minLength) return 'too-short';
        if (length > options.maxLength) return 'too-long';
        return secret.toLowerCase() === name.toLowerCase() ? 'like-the-name' : undefined;
      },
    };
    return {
      provide: { passwords },
      hooks: {
        async onUsername(_session, name) {
          const account = await accounts.find(name);
          return account && askPassword({ id: account.id, name: account.name });
        },
        async onPassword(session, { name }, secret) {
          const account = await accounts.find(name);
          if (account === undefined || secret === '') return 'wrong';
          const { right, stale } = await passwords.verify(secret, account.hash, session.network);
          if (stale) await accounts.setHash(account.id, await passwords.hash(secret, session.network));
          return right ? 'right' : 'wrong';
        },
      },
    };
  },
});
