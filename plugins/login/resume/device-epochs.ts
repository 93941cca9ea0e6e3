import { newEpoch, type Storage, z } from 'chatserv';

/** The epochs of an account's devices. A token from another epoch of its device has expired. */
const epochs = z.object({
  /** The epoch of the devices that are not listed. */
  rest: z.int(),
  /** Those that were signed out, the last one at the end. */
  signedOut: z.array(z.tuple([z.string(), z.int()])),
});

/** The epochs of the devices of an account of which none was signed out. */
const NONE: z.output<typeof epochs> = { rest: 0, signedOut: [] };

/**
 * Ends the tokens of single devices. Nothing is stored for a device until it is signed out: then its epoch becomes a
 * random number, as an account's does.
 */
export class DeviceEpochs {
  readonly #most: number;
  readonly #exceeded: () => void;
  readonly #kept;

  /**
   * @param most how many signed-out devices of an account are told apart
   * @param exceeded called when there are more, and all devices of the account begin a new epoch
   */
  constructor(storage: Storage, most: number, exceeded: () => void) {
    this.#kept = storage.open('device-epochs', epochs);
    this.#most = most;
    this.#exceeded = exceeded;
  }

  /** The present epoch of a device. */
  async of(account: number, device: string): Promise<number> {
    const { rest, signedOut } = (await this.#kept.get(String(account))) ?? NONE;
    return signedOut.find(([name]) => name === device)?.[1] ?? rest;
  }

  /** Begins a new epoch of a device. */
  async renew(account: number, device: string): Promise<void> {
    const now = await this.#kept.update(String(account), ({ rest, signedOut } = NONE) => {
      const others = signedOut.filter(([name]) => name !== device);
      if (others.length >= this.#most) return { rest: newEpoch(), signedOut: [] };
      return { rest, signedOut: [...others, [device, newEpoch()]] };
    });
    if (now?.signedOut.length === 0) this.#exceeded();
  }

  async forget(account: number): Promise<void> {
    await this.#kept.delete(String(account));
  }
}
