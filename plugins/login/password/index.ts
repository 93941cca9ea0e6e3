import { availableParallelism } from 'node:os';
import {
  Accounts,
  Authenticator,
  askUsername,
  definePlugin,
  Passwords,
  passwordObjection,
  renamedOption,
  z,
} from 'chatserv';
import { FairQueue } from './fair-queue.ts';
import { hashSecret, isStale, preparedSecret, verifySecret } from './hash.ts';
import { objectionTo } from './policy.ts';

/** Stands in for the hash of an unknown user: no password matches it. */
const NO_HASH = '';

/** The size of libuv's thread pool, which hashes share with files and DNS. */
const POOL_THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4;

export default definePlugin({
  name: 'password',
  summary: 'Logs users in with a password, stored as an argon2id hash',
  options: z.strictObject({
    minLength: z.int().positive().default(8).describe('The shortest new password, in characters'),
    maxLength: z.int().positive().max(1024).default(256).describe('The longest new password, in characters'),
    memory: z.int().min(8192).default(19_456).describe('Memory of one hash, in KiB'),
    passes: z.int().positive().default(2).describe('Passes of one hash'),
    maxQueued: z.int().positive().default(1000).describe('How many passwords may be queued for hashing'),
    waitTime: z.number().positive().default(4).describe('How long a password may wait to be hashed, in seconds'),
    waiting: renamedOption('maxQueued'),
  }),
  needs: { accounts: Accounts },
  provides: { passwords: Passwords, authenticator: Authenticator },
  setup({ options, accounts, server, clock }) {
    const cost = { memory: options.memory, passes: options.passes };
    // Leaves a core and a thread for the chat.
    const atOnce = Math.max(1, Math.min(availableParallelism(), POOL_THREADS) - 1);
    const rule = { atOnce, maxQueued: options.maxQueued, patience: options.waitTime * 1000 };
    const queue = new FairQueue(rule, clock);

    async function inTurn<T>(who: string, work: () => Promise<T>): Promise<T | undefined> {
      const result = await queue.run(who, work);
      if (result === undefined) server.countLimitHit('passwords-waiting');
      return result;
    }

    const passwords: Passwords = {
      hash: (secret, who) => inTurn(who, () => hashSecret(preparedSecret(secret), cost)),
      verify: (secret, hash = NO_HASH, who) =>
        inTurn(who, async () => {
          const prepared = preparedSecret(secret);
          // Earlier hashes are of the password as it was typed.
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
        const hasNone = account !== undefined && passwordObjection(account) !== undefined;
        return hasNone ? askUsername('username', 'taken') : account;
      },
      async verify({ id }, secret, session) {
        if (secret === '') return 'wrong';
        const account = await accounts.get(id);
        // An account that was just removed takes as long to answer as any other.
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
