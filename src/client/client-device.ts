import { deviceNameOf } from '../usernames/device-name.ts';

/** The device that a client logs in as. */
export interface DeviceOptions {
  /** Its name, the same at each login: 1 to 64 letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /**
   * Whether further clients may log in with this name while it is connected, such as a second window: as `name-2` to
   * `name-4`. After these, and by default, the owner is asked whether to take over.
   */
  readonly numbered?: boolean | undefined;
}

/** How many clients with one device name can be connected at once. */
const MAX_NUMBER = 4;

/** The device of a conversation. */
export class ClientDevice {
  readonly #base: string | undefined;
  readonly #isNumbered: boolean;
  /** The name itself has the number 1. */
  #number = 1;

  /**
   * @param options without them it is the account's default device
   * @param remembered the name that this client last logged in with
   * @throws TypeError when no device can have that name
   */
  constructor({ name, numbered = false }: Partial<DeviceOptions> = {}, remembered?: string) {
    this.#base = name;
    this.#isNumbered = numbered;
    if (name !== undefined && deviceNameOf(this.#called(numbered ? MAX_NUMBER : 1)) === undefined) {
      throw new TypeError(`'${name}' cannot be the name of a device: use up to 64 letters, digits, '.', '_' and '-'.`);
    }
    const numbers = Array.from({ length: numbered ? MAX_NUMBER : 1 }, (_, index) => index + 1);
    this.#number = numbers.find((number) => this.#called(number) === remembered) ?? 1;
  }

  /** Its name; undefined for the account's default device. */
  get name(): string | undefined {
    return this.#base === undefined ? undefined : this.#called(this.#number);
  }

  /** Turns to the next number, or back to the first after the last one. @returns whether there was a next one */
  takeNext(): boolean {
    const isNext = this.#isNumbered && this.#number < MAX_NUMBER;
    this.#number = isNext ? this.#number + 1 : 1;
    return isNext;
  }

  #called(number: number): string {
    return number === 1 ? `${this.#base}` : `${this.#base}-${number}`;
  }
}
