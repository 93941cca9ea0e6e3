import { availableParallelism } from 'node:os';
import { Accounts, Authenticator, askUsername, definePlugin, isBot, Passwords, z } from 'chatserv';
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
    waiting: z.int().positive().default(1000).describe('How many passwords may wait for their hash'),
    waitTime: z.number().positive().default(4).describe('How long one may wait for its hash, in seconds'),
  }),
  needs: { accounts: Accounts },
  provides: { passwords: Passwords, authenticator: Authenticator },
  setup({ options, accounts, server, clock }) {
    const cost = { memory: options.memory, passes: options.passes };
    // A core and a thread are left to those who are chatting.
    const atOnce = Math.max(1, Math.min(availableParallelism(), POOL_THREADS) - 1);
    const rule = { atOnce, waiting: options.waiting, patience: options.waitTime * 1000 };
    const queue = new FairQueue(rule, clock);

    async function inTurn<T>(who: string, work: () => Promise<T>): Promise<T | undefined> {
      const result = await queue.run(who, work);
      if (result === undefined) server.limitMet('passwords-waiting');
      return result;
    }

    const passwords: Passwords = {
      hash: (secret, who) => inTurn(who, () => hashSecret(preparedSecret(secret), cost)),
      verify: (secret, hash = NOBODYS, who) =>
        inTurn(who, async () => {
          const prepared = preparedSecret(secret);
          // Hashes of before were made of secrets as they were typed.
          for (const form of new Set([prepared, secret])) {
            if (!(await verifySecret(form, hash, cost))) continue;
            const isToday = form === prepared && !isStale(hash, cost);
            return { right: true, ...(!isToday && { renewed: await hashSecret(prepared, cost) }) };
          }
          return { right: false };
        }),
      objection: (name, secret) => objectionTo(name, secret, options),
    };
    const authenticator: Authenticator = {
      async identify(name) {
        const account = await accounts.find(name);
        return account !== undefined && isBot(account) ? askUsername('username', 'taken') : account;
      },
      async verify({ id }, secret, session) {
        if (secret === '') return 'wrong';
        const account = await accounts.get(id);
        // Whoever was removed meanwhile learns nothing from the time that the answer takes either.
        const found = await passwords.verify(secret, account?.hash, session.network);
        if (found === undefined) {
          session.close('busy');
          return undefined;
        }
        if (account === undefined || !found.right) return 'wrong';
        if (found.renewed !== undefined) await accounts.setHash(id, found.renewed, { rehashed: true });
        return 'right';
      },
    };
    return { provide: { passwords, authenticator } };
  },
});
