import { type Clock, type Collection, codeHash, newCode, type Storage, z } from 'chatserv';

/** How much of a hash names an invitation. Hashes tell nothing about their codes. */
const ID_LENGTH = 8;

const INVITATION = z.object({
  /** The account that invites; 0 for the host. */
  by: z.int(),
  uses: z.int(),
  left: z.int(),
  /** When it expires, in milliseconds since 1970. */
  until: z.int(),
  /** The ids of rooms. */
  rooms: z.array(z.int()),
  roles: z.array(z.string()),
});

export type StoredInvitation = z.infer<typeof INVITATION>;

/** An invitation with the key that it is stored under: the hash of its code. */
export interface KnownInvitation extends StoredInvitation {
  readonly key: string;
}

/** The invitations, each under the hash of its code: whoever reads the store learns no code. */
export class InvitationRegister {
  readonly #stored: Collection<StoredInvitation>;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#stored = storage.open('invitations', INVITATION);
    this.#clock = clock;
  }

  /** Adds an invitation. @returns its key, and its code, which is not stored */
  async add(invitation: StoredInvitation): Promise<{ readonly key: string; readonly code: string }> {
    const code = newCode();
    const key = codeHash(code) ?? '';
    await this.#stored.set(key, invitation);
    return { key, code };
  }

  /** The invitation of a code, if it has uses left. */
  async find(code: string): Promise<KnownInvitation | undefined> {
    const key = codeHash(code);
    const found = key === undefined ? undefined : await this.#stored.get(key);
    return key !== undefined && found !== undefined && this.#isUsable(found) ? { key, ...found } : undefined;
  }

  /** Takes one use. @returns the invitation; undefined if it has none left */
  async take(key: string): Promise<StoredInvitation | undefined> {
    let taken: StoredInvitation | undefined;
    await this.#stored.update(key, (invitation) => {
      taken = invitation !== undefined && this.#isUsable(invitation) ? invitation : undefined;
      return taken === undefined ? invitation : { ...taken, left: taken.left - 1 };
    });
    return taken;
  }

  /** Gives one use back, unless the invitation was revoked meanwhile. */
  async giveBack(key: string): Promise<void> {
    await this.#stored.update(key, (invitation) => invitation && { ...invitation, left: invitation.left + 1 });
  }

  async remove(key: string): Promise<void> {
    await this.#stored.delete(key);
  }

  /** All invitations that have not expired. Deletes the others. */
  async all(): Promise<KnownInvitation[]> {
    const found: KnownInvitation[] = [];
    let last: string | undefined;
    do {
      const page = await this.#stored.list({ after: last });
      last = page.at(-1)?.key;
      for (const { key, value } of page) {
        if (value.until > this.#clock.now()) found.push({ key, ...value });
        else await this.#stored.delete(key);
      }
    } while (last !== undefined);
    return found;
  }

  #isUsable({ left, until }: StoredInvitation): boolean {
    return left > 0 && until > this.#clock.now();
  }
}

/** The word that names an invitation. */
export function idOf(key: string): string {
  return key.slice(0, ID_LENGTH);
}
