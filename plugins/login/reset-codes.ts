import {
  type Account,
  Accounts,
  askNewPassword,
  codeHash,
  definePlugin,
  newCode,
  Passwords,
  ResetCodes,
  Storage,
  z,
} from 'chatserv';

/** A code as it is stored. */
const CODE = z.object({
  hash: z.string(),
  /** When it expires, in milliseconds since 1970. */
  until: z.int(),
});

export default definePlugin({
  name: 'reset-codes',
  summary: 'Lets users who forgot their password log in with a one-time code and choose a new one',
  options: z.strictObject({
    lifetime: z.number().positive().max(31_557_600).default(86_400).describe('How long a code is valid, in seconds'),
  }),
  needs: { accounts: Accounts, storage: Storage },
  wants: { passwords: Passwords },
  provides: { resetCodes: ResetCodes },
  setup({ options, accounts, passwords, storage, clock, logger }) {
    const codes = storage.open('reset-codes', CODE);
    const keyOf = ({ id }: Account) => String(id);

    return {
      provide: {
        resetCodes: {
          async issue(account) {
            if (passwords === undefined) return undefined;
            const code = newCode();
            const expires = Math.ceil(clock.now() + options.lifetime * 1000);
            await codes.set(keyOf(account), { hash: codeHash(code) ?? '', until: expires });
            return { code, expires };
          },
        },
      },
      hooks: {
        onPassword: {
          // Before the login plugins, to which a code is a wrong password.
          decide: {
            order: 'pre',
            async handler(session, account, code) {
              const hash = codeHash(code);
              // A code is for a login, not for a user who is asked for the password again.
              if (hash === undefined || passwords === undefined || session.account !== undefined) return undefined;
              const isValid = (kept: z.infer<typeof CODE> | undefined) =>
                kept?.hash === hash && kept.until > clock.now();
              if (!isValid(await codes.get(keyOf(account)))) return undefined;
              const secret = await askNewPassword(session, account.name, passwords, 'reset');
              const hashed = await passwords.hash(secret, session.network);
              if (hashed === undefined) {
                session.close('busy');
                return undefined;
              }
              let isTaken = false;
              await codes.update(keyOf(account), (kept) => {
                isTaken = isValid(kept);
                return isTaken ? undefined : kept;
              });
              // Another client has used it meanwhile.
              if (!isTaken) return 'wrong';
              await accounts.setHash(account.id, hashed, { by: session });
              logger.info({ event: 'password-reset', ...session.who, account: account.name }, 'a password was reset');
              return 'right';
            },
          },
        },
        async onAccountChange(account, change, elsewhere) {
          // A code may have been made since another server deleted the one before.
          if (elsewhere) return;
          if (change === 'removed' || change === 'signed-out') await codes.delete(keyOf(account));
        },
      },
    };
  },
});
