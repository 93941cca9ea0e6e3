import type { Input, Output, Question } from 'chatserv';
import type { Client } from '../client.ts';
import { EarlyMetadata } from '../metadata/before-login.ts';
import { nickOf } from '../names.ts';
import { type DraftMessage, type IrcMessage, serializeLine } from '../wire/message.ts';
import { cap } from './cap.ts';
import { identityOf, presetOf } from './credentials.ts';
import { loginToRegister, nothingToVerify, notRegistered, registered, registerRefusal } from './new-account.ts';
import { refusalOf } from './refusal.ts';
import { Sasl } from './sasl.ts';

/** The question whose answer is that the registration is complete: the plugin asks it once the client is authenticated. */
export const REGISTRATION = 'irc-registration';

/** The capabilities of clients that know what it means that an account is required. */
const ACCOUNT_AWARE = ['draft/account-registration', 'standard-replies'];

/** What a client does until it is logged in: `CAP`, `AUTHENTICATE`, `REGISTER`, `PASS`, `NICK` and `USER`. */
export class Registration {
  readonly client: Client;
  readonly metadata: EarlyMetadata;
  nick: string | undefined;
  /** Whether capabilities are being negotiated, which suspends the registration. */
  isNegotiating = false;
  #hasUser = false;
  #password: string | undefined;
  readonly #sasl = new Sasl();
  /** What the login under way is made with. */
  #attempt: 'sasl' | 'register' | 'nick' | undefined;
  /** The account as which the client is authenticated, before the registration is complete. */
  #authenticated: string | undefined;
  /** Whether the client was told that. */
  #isTold = false;

  constructor(client: Client) {
    this.client = client;
    this.metadata = new EarlyMetadata(client);
  }

  /** Whether nothing is missing for the login. */
  get isComplete(): boolean {
    return this.nick !== undefined && this.#hasUser && !this.isNegotiating;
  }

  /** Whether the client is authenticated already. */
  get isAuthenticated(): boolean {
    return this.#authenticated !== undefined;
  }

  /** A login is admitted. @returns whether its client goes on registering, and must be waited for */
  authenticated(account: string): boolean {
    if (this.#attempt === 'nick' || this.#attempt === undefined) return false;
    this.#authenticated = account;
    return !this.isComplete;
  }

  decode(message: IrcMessage, question: Question | undefined): readonly Input[] {
    const lines: DraftMessage[] = [];
    const inputs = this.#handle(message, lines);
    const text = lines.map((line) => this.client.text(line)).join('');
    const replies: Input[] = text === '' ? [] : [{ kind: 'reply', text }];
    if (inputs !== undefined) return [...replies, ...inputs];
    return [...replies, ...this.#proceed(question)];
  }

  /** Logs the client in once nothing is missing. */
  #proceed(question: Question | undefined): readonly Input[] {
    const { nick } = this;
    if (!this.isComplete || nick === undefined || question === undefined) return [];
    if (question === REGISTRATION) return [{ kind: 'answer', text: '' }];
    if (this.#attempt !== undefined) return [];
    return this.#logIn('nick', nick, this.#password);
  }

  /** @returns inputs, instead of what follows from a complete registration */
  #handle({ command, params }: IrcMessage, lines: DraftMessage[]): readonly Input[] | undefined {
    const { client } = this;
    const [first = ''] = params;
    switch (command) {
      case 'CAP':
        cap(client, params, lines);
        return undefined;
      case 'NICK':
        if (first === '') lines.push(client.numericLine('ERR_NONICKNAMEGIVEN'));
        else this.nick = first;
        return undefined;
      case 'USER': {
        const [user = '', , , realname = ''] = params;
        if (user === '' || realname === '') {
          lines.push(client.numericLine('ERR_NEEDMOREPARAMS', ['USER']));
          return undefined;
        }
        client.user = userOf(user);
        client.realname = realname;
        this.#hasUser = true;
        return undefined;
      }
      case 'PASS':
        if (first === '') lines.push(client.numericLine('ERR_NEEDMOREPARAMS', ['PASS']));
        else this.#password = first;
        return undefined;
      case 'AUTHENTICATE':
        return this.#authenticate(params, lines);
      case 'PING':
        if (first === '') lines.push(client.numericLine('ERR_NEEDMOREPARAMS', ['PING']));
        else lines.push({ source: client.irc.options.name, command: 'PONG', params: [client.irc.options.name, first] });
        return [];
      case 'PONG':
        return [];
      case 'REGISTER':
        return [{ kind: 'later', about: command, decide: () => this.#register(params) }];
      case 'VERIFY':
        lines.push(nothingToVerify(first, this.isAuthenticated));
        return [];
      case 'METADATA':
        if (client.isMetadataAware) lines.push(...this.metadata.answer(params));
        else lines.push(client.numericLine('ERR_NOTREGISTERED'));
        return [];
      case 'AWAY':
        if (client.has('draft/pre-away')) {
          client.away = first || undefined;
          lines.push(client.numericLine(client.away === undefined ? 'RPL_UNAWAY' : 'RPL_NOWAWAY'));
        } else lines.push(client.numericLine('ERR_NOTREGISTERED'));
        return [];
      case 'QUIT':
        return [{ kind: 'later', about: 'QUIT', decide: () => this.#quit(first) }];
      default:
        lines.push(client.numericLine('ERR_NOTREGISTERED'));
        return [];
    }
  }

  #authenticate(params: readonly string[], lines: DraftMessage[]): readonly Input[] {
    const { client } = this;
    if (params[0] === undefined) {
      lines.push(client.numericLine('ERR_NEEDMOREPARAMS', ['AUTHENTICATE']));
      return [];
    }
    if (!client.has('sasl')) return [];
    if (this.isAuthenticated) {
      lines.push(client.numericLine('ERR_SASLALREADY'));
      return [];
    }
    const step = this.#sasl.take(params[0]);
    if ('lines' in step) {
      lines.push(
        ...step.lines.map((line) => ('numeric' in line ? client.numericLine(line.numeric, line.params) : line)),
      );
      return [];
    }
    return this.#logIn('sasl', step.name, step.password);
  }

  #logIn(attempt: 'sasl' | 'nick', name: string, password: string | undefined): readonly Input[] {
    this.#attempt = attempt;
    const { client } = this;
    const identity = identityOf(name, password);
    if (identity.device !== undefined || password === undefined) return [{ kind: 'login', preset: presetOf(identity) }];
    const decide = async (): Promise<readonly Input[]> => {
      const device = await client.irc.devices.choose(client, identity.account);
      return [{ kind: 'login', preset: presetOf({ ...identity, device }) }];
    };
    return [{ kind: 'later', about: 'login', decide }];
  }

  async #register(params: readonly string[]): Promise<readonly Input[]> {
    const login = await loginToRegister(this, params);
    if ('command' in login) return [{ kind: 'reply', text: this.client.text(login) }];
    this.#attempt = 'register';
    return [login];
  }

  #quit(message: string): readonly Input[] {
    this.client.quitMessage = message;
    this.client.session.close('goodbye');
    return [];
  }

  encode(output: Extract<Output, { readonly kind: 'ask' | 'blocked' }>): string {
    const { client } = this;
    if (output.kind === 'ask' && output.question === REGISTRATION) return this.success();
    const { nick = '*' } = this;
    const attempt = this.#attempt;
    this.#attempt = undefined;
    if (output.kind === 'blocked') {
      const why = `Too many attempts. Try again in ${output.seconds} seconds.`;
      const refused = {
        sasl: client.numericLine('ERR_SASLFAIL'),
        register: notRegistered(nick, ['TEMPORARILY_UNAVAILABLE', why]),
        nick: client.numericLine('ERR_PASSWDMISMATCH', [], why),
      }[attempt ?? 'nick'];
      return client.text(refused) + serializeLine({ command: 'ERROR', params: [`Closing link: ${why}`] });
    }
    // The login dialogue begins before the client has said anything.
    if (attempt === undefined) return '';
    if (attempt === 'sasl') return client.numeric('ERR_SASLFAIL');
    if (attempt === 'register') return client.text(notRegistered(nick, registerRefusal(output)));
    const { numeric, text, isFinal } = refusalOf(output, this.#password !== undefined);
    this.nick = undefined;
    // The dialogue asks on, but such a client has no answer.
    if (isFinal) queueMicrotask(() => client.session.close('denied'));
    if (isFinal && this.#password === undefined && ACCOUNT_AWARE.some((capability) => client.has(capability))) {
      return client.text({ command: 'FAIL', params: ['*', 'ACCOUNT_REQUIRED', text] });
    }
    return client.numeric(numeric, numeric === 'ERR_PASSWDMISMATCH' ? [] : [nick], text);
  }

  /** Tells a client that it is authenticated, once. */
  success(): string {
    const { client } = this;
    if (this.#authenticated === undefined || this.#isTold) return '';
    this.#isTold = true;
    const name = this.#authenticated;
    const source = `${nickOf({ name })}!${client.user || nickOf({ name })}@${client.irc.options.name}`;
    const loggedIn = client.numeric('RPL_LOGGEDIN', [source, name], `You are now logged in as ${name}`);
    if (this.#attempt === 'register') return client.text(registered(name)) + loggedIn;
    return loggedIn + client.numeric('RPL_SASLSUCCESS');
  }
}

/** The longest user name in a source, in characters. */
const USER_LENGTH = 16;

/** A user name as it may stand in a source, without a device's name behind it. */
function userOf(given: string): string {
  return [...given.replace(/@.*|[!:\p{C}]/gu, '')].slice(0, USER_LENGTH).join('') || 'user';
}
