import {
  type Account,
  Accounts,
  codeHash,
  definePlugin,
  newCode,
  Passwords,
  ResetCodes,
  type Session,
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

    /** Asks for a new password until it is acceptable. The first time, the reason is that the code was right. */
    async function askPassword(session: Session, name: string, rules: Passwords): Promise<string> {
      for (let because = 'reset'; ; ) {
        const secret = await session.ask('new-password', because);
        const again = await session.ask('new-password-again');
        const objection = secret === again ? await rules.objection(name, secret) : '';
        if (objection === undefined) return secret;
        because = objection;
      }
    }

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
            async handler(session, account, secret) {
              const hash = codeHash(secret);
              if (hash === undefined || passwords === undefined) return undefined;
              const isValid = (code: z.infer<typeof CODE> | undefined) =>
                code?.hash === hash && code.until > clock.now();
              if (!isValid(await codes.get(keyOf(account)))) return undefined;
              const hashed = await passwords.hash(await askPassword(session, account.name, passwords), session.network);
              if (hashed === undefined) {
                session.close('busy');
                return undefined;
              }
              let isTaken = false;
              await codes.update(keyOf(account), (code) => {
                isTaken = isValid(code);
                return isTaken ? undefined : code;
              });
              // Another client has used it meanwhile.
              if (!isTaken) return 'wrong';
              await accounts.setHash(account.id, hashed, { by: session });
              logger.info({ event: 'password-reset', ...session.who, account: account.name }, 'a password was reset');
              return 'right';
            },
          },
        },
        async onAccountChange(account, change) {
          if (change === 'removed' || change === 'signed-out') await codes.delete(keyOf(account));
        },
      },
    };
  },
});
