import { availableParallelism } from 'node:os';
import { Accounts, askPassword, definePlugin, Passwords, z } from 'chatserv';
import { FairQueue } from './fair-queue.ts';
import { hashSecret, isStale, preparedSecret, verifySecret } from './hash.ts';
import { objectionTo } from './policy.ts';

/** The hash of nobody: no secret is right for it. */
const NOBODYS = '';

/** Hashes run in Node's pool of threads, which files and look-ups of names need too. */
const POOL_THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4;

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
    // A core and a thread are left to those who are chatting.
    const atOnce = Math.max(1, Math.min(availableParallelism(), POOL_THREADS) - 1);
    const queue = new FairQueue(atOnce, options.waiting);
    const passwords: Passwords = {
      hash: (secret, who) => queue.run(who, () => hashSecret(preparedSecret(secret), cost)),
      async verify(secret, hash = NOBODYS, who) {
        const isRight = (form: string) => queue.run(who, () => verifySecret(form, hash, cost));
        const prepared = preparedSecret(secret);
        if (await isRight(prepared)) return { right: true, stale: isStale(hash, cost) };
        // Hashes of before were made of secrets as they were typed.
        const right = secret !== prepared && (await isRight(secret));
        return { right, stale: right };
      },
      objection: (name, secret) => objectionTo(name, secret, options),
    };
    return {
      provide: { passwords },
      hooks: {
        async onUsername(_session, name) {
          const account = await accounts.find(name);
          return account && askPassword({ id: account.id, name: account.name });
        },
        async onPassword(session, { id, name }, secret) {
          if (secret === '') return 'wrong';
          const found = await accounts.find(name);
          const account = found?.id === id ? found : undefined;
          // Who was removed meanwhile is told nothing by the time that the answer takes either.
          const { right, stale } = await passwords.verify(secret, account?.hash, session.network);
          if (account === undefined) return 'wrong';
          if (stale) await accounts.setHash(account.id, await passwords.hash(secret, session.network));
          return right ? 'right' : 'wrong';
        },
      },
    };
  },
});
