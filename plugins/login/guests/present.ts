import { type Account, nameKey, type Session, type SessionClaim, skeletons } from 'chatserv';

/** A guest who is logged in, or about to be. */
export interface Guest {
  /** The account's name, with its mark. */
  name: string;
  /** The account, while there is one. */
  account: Account | undefined;
  /** Whether the account is in the store. */
  readonly isStored: boolean;
  /** What the name looks like. */
  looks: ReadonlySet<string>;
  /** What the guest holds on all servers. */
  claimed: SessionClaim[];
}

/** The guests of this server. */
export class PresentGuests {
  readonly #guests = new Map<Session, Guest>();
  readonly #accounts = new Set<number>();

  /** @param name as the guest gave it @param full with its mark */
  add(session: Session, name: string, full: string, isStored: boolean): Guest {
    const guest: Guest = { name: full, account: undefined, isStored, looks: new Set(skeletons(name)), claimed: [] };
    this.#guests.set(session, guest);
    return guest;
  }

  /** A guest has got an account; its session may have ended meanwhile. */
  setAccount(session: Session, guest: Guest, account: Account): void {
    guest.account = account;
    if (this.#guests.get(session) === guest) this.#accounts.add(account.id);
  }

  of(session: Session): Guest | undefined {
    return this.#guests.get(session);
  }

  delete(session: Session): void {
    const account = this.#guests.get(session)?.account;
    this.#guests.delete(session);
    if (account !== undefined) this.#accounts.delete(account.id);
  }

  all(): IterableIterator<[Session, Guest]> {
    return this.#guests.entries();
  }

  /** Whether an account is that of a guest here. */
  has({ id }: Pick<Account, 'id'>): boolean {
    return this.#accounts.has(id);
  }

  /** Whether a guest's account has this name, in any spelling. */
  isNamed(name: string): boolean {
    const key = nameKey(name);
    return [...this.#guests.values()].some((guest) => nameKey(guest.name) === key);
  }

  /** The sessions of guests with this name, in any spelling, that have ended and are still noted. */
  endedOf(name: string): Session[] {
    const key = nameKey(name);
    return [...this.#guests].flatMap(([session, guest]) =>
      session.ended && nameKey(guest.name) === key ? [session] : [],
    );
  }

  /** Whether a name looks like that of a guest, other than one who may have it. */
  lookalike(name: string, except?: Guest): boolean {
    const looks = skeletons(name);
    return [...this.#guests.values()].some((guest) => guest !== except && looks.some((look) => guest.looks.has(look)));
  }

  /** How many guests other than this session's there are, in all and of its network. */
  others(session: Session): { readonly all: number; readonly near: number } {
    const others = [...this.#guests.keys()].filter((other) => other !== session);
    return { all: others.length, near: others.filter(({ network }) => network === session.network).length };
  }
}
