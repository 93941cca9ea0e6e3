import { randomInt, randomUUID } from 'node:crypto';
import {
  type Account,
  Accounts,
  admit,
  askUsername,
  definePlugin,
  GUEST_MARK,
  Guests,
  isGuest,
  nameObjection,
  refuse,
  type Session,
  type SessionClaim,
  SessionClaims,
  skeletons,
  z,
} from 'chatserv';

/** How many ids of guests there are: enough that none comes twice. */
const IDS = 2 ** 47;

/** What guests may do by default: read, write and leave. Other commands store something for an account. */
const COMMANDS = ['broadcast', 'fetch', 'help', 'logout', 'me', 'message', 'watch', 'who', 'whoelse', 'wholast'];

/** A guest who is logged in, or about to be. */
interface Guest {
  readonly account: Account;
  /** What the name looks like. */
  readonly looks: ReadonlySet<string>;
  /** What the guest holds on all servers. */
  readonly claimed: SessionClaim[];
}

export default definePlugin({
  name: 'guests',
  summary: 'Lets people in without an account, under a name for one session',
  options: z.strictObject({
    maxGuests: z.int().positive().default(100).describe('How many guests can be online'),
    perNetwork: z.int().positive().default(4).describe('How many of them from one IPv4 address or IPv6 /64'),
    write: z.boolean().default(true).describe('Whether guests may send messages'),
    commands: z
      .array(z.string())
      .default(COMMANDS)
      .describe('The commands that guests may call. They cannot join named rooms, which keep their members'),
  }),
  needs: { accounts: Accounts },
  wants: { claims: SessionClaims },
  provides: { guests: Guests },
  setup({ options, accounts, claims, server, hotState }) {
    const guests = hotState('guests', () => new Map<Session, Guest>());
    const allowed = new Set(options.commands);

    /** Whether a name is that of a user, or looks like it. */
    const isUsers = async (name: string) => (await accounts.lookalike(name)) !== undefined;

    /** Whether a name looks like that of another guest. */
    function isGuests(name: string): boolean {
      const looks = skeletons(name);
      return [...guests.values()].some((guest) => looks.some((look) => guest.looks.has(look)));
    }

    /** Gives up what a guest holds. */
    function release({ claimed }: Guest): void {
      for (const claim of claimed.splice(0)) claims?.release(claim);
    }

    /** The guest of a session leaves, or never came in. */
    function leave(session: Session): void {
      const guest = guests.get(session);
      guests.delete(session);
      if (guest !== undefined) release(guest);
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

    let unwatch = () => {};

    /** Whether there are too many guests for another one. */
    function isFull(session: Session): boolean {
      const others = [...guests.keys()].filter((other) => other !== session);
      const near = session.exempt ? [] : others.filter(({ network }) => network === session.network);
      const limit =
        others.length >= options.maxGuests ? 'guests' : near.length >= options.perNetwork ? 'guests-per-network' : '';
      if (limit !== '') server.countLimitHit(limit);
      return limit !== '';
    }

    return {
      provide: { guests: {} },
      hooks: {
        // After registration: here the name is unknown, and nobody wants to register it.
        onUsername: {
          decide: {
            order: 'post',
            async handler(session, name) {
              const wrong = nameObjection(name) ?? ((await isUsers(name)) ? 'look-alike' : undefined);
              if (wrong !== undefined) return askUsername('username', wrong);
              if ((await session.ask('guest')) !== 'y') return undefined;
              // Somebody may have registered it meanwhile.
              if (await isUsers(name)) return askUsername('username', 'look-alike');
              leave(session);
              // No await until the guest is noted, so that no two clients get one name, or one place.
              if (isGuests(name)) return askUsername('username', 'taken');
              if (isFull(session)) {
                session.close('too-many-guests');
                return undefined;
              }
              const account = { id: -randomInt(1, IDS), name: name + GUEST_MARK };
              const guest = { account, looks: new Set(skeletons(name)), claimed: [] };
              guests.set(session, guest);
              session.onClosed(() => leave(session));
              // It throws when NATS is away, say: nobody could tell who else has the name.
              const isMine = await claimName(guest).catch(() => undefined);
              if (isMine && guests.get(session) === guest) return admit(account);
              release(guest);
              leave(session);
              if (isMine === false) return askUsername('username', 'taken');
              session.close('busy');
              return undefined;
            },
          },
        },
        async onLogin(session) {
          // After a refusal as a guest, the client may have logged in as a user.
          if (session.account !== undefined && !isGuest(session.account)) leave(session);
        },
        onCommand: {
          guard: (_session, { account, command }) =>
            isGuest(account) && !allowed.has(command)
              ? refuse('guest', `Guests cannot use /${command}: register a name first.`)
              : undefined,
        },
        onMessage: {
          guard: ({ from }) =>
            isGuest(from) && !options.write ? refuse('guest', 'Guests can only read here.') : undefined,
        },
      },
      start() {
        unwatch();
        if (claims === undefined) return;
        unwatch = claims.watch((lost) => {
          if (!('guest' in lost)) return;
          for (const [session, { looks }] of guests) if (looks.has(lost.guest)) session.close('replaced');
        });
        // Those who came before it was shared.
        for (const guest of guests.values()) {
          if (guest.claimed.length === 0) claimName(guest, true).catch(() => {});
        }
      },
      dispose: () => unwatch(),
    };
  },
});
