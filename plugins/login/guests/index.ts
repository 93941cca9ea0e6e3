import { randomInt, randomUUID } from 'node:crypto';
import {
  type Account,
  Accounts,
  admit,
  askUsername,
  command,
  definePlugin,
  GUEST_MARK,
  Guests,
  isGuest,
  isTemporary,
  KeyedQueue,
  nameObjection,
  param,
  Registration,
  Rooms,
  refuse,
  type Session,
  SessionClaims,
  Storage,
  z,
} from 'chatserv';
import { guestChanges } from './changes.ts';
import { GuestAccounts } from './guest-accounts.ts';
import { commandsOf, guestsOptions } from './options.ts';
import { type Guest, PresentGuests } from './present.ts';

/** How many ids of guests without an account in the store there are: enough that none comes twice. */
const IDS = 2 ** 47;

/** How often to look for accounts whose guests are gone, in milliseconds. */
const SWEEP = 60_000;

export default definePlugin({
  name: 'guests',
  summary: 'Lets people in without an account, under a name for one session',
  options: guestsOptions,
  needs: { accounts: Accounts },
  wants: { claims: SessionClaims, registration: Registration, rooms: Rooms, storage: Storage },
  provides: { guests: Guests },
  setup({ options, accounts, claims, registration, rooms, storage, server, clock, logger, signal, hotState }) {
    const hasAccounts = options.rooms !== 'none';
    if (!options.mark && !hasAccounts) {
      throw new Error("`mark: false` requires that guests have accounts: set `rooms` to 'join' or 'create'");
    }
    if (hasAccounts && storage === undefined) throw new Error('`rooms` requires a store that keeps data of plugins');
    const guests = hotState('guests', () => new PresentGuests());
    // Also for those who came before a reload.
    const stored =
      storage &&
      new GuestAccounts({
        accounts,
        rooms,
        claims,
        logger,
        notes: storage.open('guests', z.string()),
        queue: hotState('queue', () => new KeyedQueue<string>()),
        isHere: (name) => guests.isNamed(name),
      });
    const mayCall = commandsOf(options);
    const fullNameOf = (name: string) => (options.mark ? name + GUEST_MARK : name);
    const has = (account: Pick<Account, 'id'>) => isGuest(account) || guests.has(account);

    /** Whether a name is that of a user, or looks like it. */
    const isUsers = async (name: string) => (await accounts.lookalike(name)) !== undefined;

    /** Gives up what a guest has. */
    async function release(guest: Guest): Promise<void> {
      const { account } = guest;
      guest.account = undefined;
      if (guest.isStored && account !== undefined) await stored?.remove(account);
      for (const claim of guest.claimed.splice(0)) claims?.release(claim);
    }

    /** The guest of a session leaves, or never came in. */
    async function leave(session: Session): Promise<void> {
      const guest = guests.of(session);
      guests.delete(session);
      if (guest !== undefined) await release(guest);
    }

    /**
     * Claims all that a guest's name looks like, on all servers.
     * @returns whether no guest of another server has any of it
     * @throws when that cannot be decided now
     */
    async function claimName({ looks, claimed }: Guest, takesOver = false): Promise<boolean> {
      const login = randomUUID();
      for (const guest of looks) {
        if ((await claims?.claim({ guest }, login, takesOver)) === false) return false;
        claimed.push({ guest });
      }
      return true;
    }

    /** Whether there are too many guests for another one. */
    function isFull(session: Session): boolean {
      const { all, near } = guests.others(session);
      const isCrowded = !session.exempt && near >= options.perNetwork;
      const limit = all >= options.maxGuests ? 'guests' : isCrowded ? 'guests-per-network' : '';
      if (limit !== '') server.countLimitHit(limit);
      return limit !== '';
    }

    /**
     * Gives a guest a name, and an account of that name.
     * @returns the account; undefined when the name is taken
     * @throws when that cannot be decided now
     */
    async function enter(session: Session, guest: Guest): Promise<Account | undefined> {
      // It throws when NATS is away, say: nobody could tell who else has the name.
      if (!(await claimName(guest))) return undefined;
      const { name, isStored } = guest;
      const account = isStored ? await stored?.create(name) : { id: -randomInt(1, IDS), name };
      if (account !== undefined) guests.setAccount(session, guest, account);
      return account;
    }

    const { rename, keep } = guestChanges({ guests, stored, accounts, claims, fullNameOf, claimName, release });

    let unwatch = () => {};
    let cancelSweep = () => {};

    let sweeping: Promise<void> | undefined;

    async function sweep(): Promise<void> {
      cancelSweep();
      sweeping = stored?.sweep(signal);
      await sweeping;
      if (hasAccounts && !signal.aborted) cancelSweep = clock.after(SWEEP, sweep);
    }

    return {
      provide: { guests: { has, rename } },
      commands:
        registration?.register === undefined
          ? []
          : [
              command({
                name: 'register',
                summary: 'Gives you the account that you have as a guest, with a password',
                params: { password: param.text('asked for if left out').optional() },
                run({ session, account, values: { password } }) {
                  if (!has(account)) return refuse('registered', 'You are registered.');
                  return registration.register?.(session, password, (hash) => keep(session, hash));
                },
              }),
            ],
      hooks: {
        onUsername: {
          // Before the name of a guest who is gone is found to be taken.
          guard: {
            order: 'pre',
            filter: (_session, name) => nameObjection(name) === undefined,
            async handler(_session, name) {
              const full = fullNameOf(name);
              await Promise.all(guests.endedOf(full).map(leave));
              // While that is impossible, the name is taken.
              if (hasAccounts) await stored?.free(full).catch(() => {});
              return undefined;
            },
          },
          // After registration: here the name is unknown, and nobody wants to register it.
          decide: {
            order: 'post',
            async handler(session, name) {
              const wrong = nameObjection(name) ?? ((await isUsers(name)) ? 'look-alike' : undefined);
              if (wrong !== undefined) return askUsername('username', wrong);
              if ((await session.ask('guest')) !== 'y') return undefined;
              // Somebody may have registered it meanwhile.
              if (await isUsers(name)) return askUsername('username', 'look-alike');
              await leave(session);
              // No await until the guest is noted, so that no two clients get one name, or one place.
              if (session.ended) return undefined;
              if (guests.lookalike(name)) return askUsername('username', 'taken');
              if (isFull(session)) {
                session.close('too-many-guests');
                return undefined;
              }
              const guest = guests.add(session, name, fullNameOf(name), hasAccounts);
              let account: Account | undefined;
              try {
                account = await enter(session, guest);
              } catch (err) {
                logger.debug({ event: 'guest-refused', ...session.who, err }, 'a guest could not be let in now');
                session.close('busy');
              }
              // A session that ended meanwhile has left without the account.
              const isHere = guests.of(session) === guest;
              if (isHere && account !== undefined) return admit(account);
              await (isHere ? leave(session) : release(guest));
              return session.ended ? undefined : askUsername('username', 'taken');
            },
          },
        },
        onAdmit: {
          guard: {
            filter: (_session, account) => hasAccounts && !isGuest(account),
            async handler(session, account) {
              if (guests.of(session)?.account?.id === account.id) return undefined;
              // Only its guest is let in to it, whatever other plugins have checked.
              const state = await accounts.get(account.id);
              return state !== undefined && isTemporary(state) ? askUsername('username', 'taken') : undefined;
            },
          },
        },
        async onLogin(session) {
          // After a refusal as a guest, the client may have logged in as a user.
          if (session.account?.id !== guests.of(session)?.account?.id) await leave(session);
        },
        onDisconnect: {
          observe: {
            // It takes a while: others are told before.
            order: 'post',
            async handler(session) {
              await leave(session);
            },
          },
        },
        onCommand: {
          guard: {
            filter: (_session, { account }) => has(account),
            handler: (_session, { command }) =>
              mayCall(command) ? undefined : refuse('guest', `Guests cannot use /${command}: register a name first.`),
          },
        },
        onMessage: {
          guard: {
            filter: ({ from }) => !options.write && has(from),
            handler: () => refuse('guest', 'Guests can only read here.'),
          },
        },
      },
      start() {
        void sweep();
        unwatch();
        if (claims === undefined) return;
        unwatch = claims.watch((lost) => {
          if (!('guest' in lost)) return;
          for (const [session, { looks }] of guests.all()) if (looks.has(lost.guest)) session.close('replaced');
        });
        // Those who came before it was shared.
        for (const [, guest] of guests.all()) {
          if (guest.claimed.length === 0) claimName(guest, true).catch(() => {});
        }
      },
      async dispose() {
        cancelSweep();
        unwatch();
        await sweeping;
      },
    };
  },
});
