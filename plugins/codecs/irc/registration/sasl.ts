import type { DraftMessage } from '../wire/message.ts';
import type { Numeric } from '../wire/numerics.ts';

/** The longest part of a response; a shorter one ends it. */
const PART_LENGTH = 400;

/** The longest response in all, in characters of base64. */
const RESPONSE_LENGTH = 4096;

/** A name and a password, as the mechanism PLAIN carries them. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
}

type Answer = DraftMessage | { readonly numeric: Numeric; readonly params?: readonly string[] };

/** What an `AUTHENTICATE` leads to. */
type Step = { readonly lines: readonly Answer[] } | Credentials;

/** One client's SASL exchange (IRCv3 `sasl`), with the mechanism PLAIN (RFC 4616). */
export class Sasl {
  /** The response so far, once a mechanism was chosen. */
  #response: string | undefined;

  /** Takes the parameter of an `AUTHENTICATE`. */
  take(text: string): Step {
    if (text === '*') return this.#fail('ERR_SASLABORTED');
    if (this.#response === undefined) return this.#choose(text);
    if (text.length > PART_LENGTH) return this.#fail('ERR_SASLTOOLONG');
    this.#response += text === '+' ? '' : text;
    if (this.#response.length > RESPONSE_LENGTH) return this.#fail('ERR_SASLFAIL');
    if (text.length === PART_LENGTH) return { lines: [] };
    const credentials = plainCredentials(this.#response);
    this.#response = undefined;
    return credentials ?? this.#fail('ERR_SASLFAIL');
  }

  #choose(mechanism: string): Step {
    if (mechanism.toUpperCase() !== 'PLAIN') {
      return { lines: [{ numeric: 'RPL_SASLMECHS', params: ['PLAIN'] }, { numeric: 'ERR_SASLFAIL' }] };
    }
    this.#response = '';
    return { lines: [{ source: undefined, command: 'AUTHENTICATE', params: ['+'] }] };
  }

  #fail(numeric: Numeric): Step {
    this.#response = undefined;
    return { lines: [{ numeric }] };
  }
}

/** The credentials in a response of PLAIN. @returns undefined if it is none, or acts for another account */
function plainCredentials(response: string): Credentials | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(response) || response.length % 4 !== 0) return undefined;
  const fields = Buffer.from(response, 'base64').toString('utf8').split('\0');
  const [actsFor = '', name = '', password = ''] = fields;
  if (fields.length !== 3 || name === '' || (actsFor !== '' && actsFor !== name)) return undefined;
  return { name, password };
}
