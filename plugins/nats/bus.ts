import {
  type ConnectionOptions,
  connect,
  createInbox,
  credsAuthenticator,
  type NatsConnection,
  type Subscription,
} from '@nats-io/transport-node';

/** How long to wait between attempts to connect, in milliseconds. */
const RETRY = 1000;

/**
 * How long an attempt may take, and how often the connection is probed: two probes may be unanswered. So a server that is
 * cut off without notice knows it before its lease lapses. In milliseconds.
 */
const [CONNECT_TIME, PING_EVERY] = [5000, 3000];

/** The status with which NATS answers a request that nobody has subscribed to. */
const NO_RESPONDERS = 503;

/** Called with the text of each message on a subject, and how to respond to it. */
type Receive = (text: string, respond: (text: string) => void) => void;

export interface BusOptions {
  /** URLs, with `nats:` or `tls:`. */
  readonly servers: readonly string[];
  /** The contents of a file of credentials, and of files in PEM. */
  readonly credentials: string | undefined;
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Calls back later. @returns cancels that */
  after(milliseconds: number, call: () => void): () => void;
  /** Called once NATS cannot be used any more, or refuses something; and when it can be used again. */
  lost(error: Error): void;
  found(where: string): void;
  /** Called with each connection that can be used, and when it cannot be used any more. */
  connected(connection: NatsConnection): void;
  disconnected(): void;
}

/**
 * Messages on subjects, over a connection to NATS that is made again by itself. Meanwhile what is published is dropped,
 * and subscriptions are remembered.
 */
export class Bus {
  readonly #options: BusOptions;
  readonly #receivers = new Map<string, Receive>();
  readonly #subscriptions = new Map<string, Subscription>();
  #connection: NatsConnection | undefined;
  #isUp = false;
  #isClosed = false;
  /** Whether the owner knows that something is wrong. */
  #hasComplained = false;
  #cancel = (): void => {};

  /** Resolves when the first attempt to connect has succeeded or failed. */
  readonly tried: Promise<void>;
  #hasTried = (): void => {};

  constructor(options: BusOptions) {
    ({ promise: this.tried, resolve: this.#hasTried } = Promise.withResolvers<void>());
    this.#options = options;
  }

  /** Begins to connect. */
  start(): void {
    void this.#connect();
  }

  /** Subscribes to a subject, in place of an earlier subscription to it. */
  subscribe(subject: string, receive: Receive): void {
    this.#receivers.set(subject, receive);
    if (this.#connection !== undefined) this.#subscribe(this.#connection, subject);
  }

  unsubscribe(subject: string): void {
    this.#receivers.delete(subject);
    this.#subscriptions.get(subject)?.unsubscribe();
    this.#subscriptions.delete(subject);
  }

  /** Sends a text to the other subscribers of a subject, unless the connection is down. */
  publish(subject: string, text: string): void {
    if (this.#isUp) this.#connection?.publish(subject, text);
  }

  /**
   * Sends a text to the other subscribers of a subject.
   * @param receive called with each response; without one when nobody is there
   * @returns stops that
   */
  request(subject: string, text: string, receive: (response: string | undefined) => void): () => void {
    const connection = this.#connection;
    if (!this.#isUp || connection === undefined) {
      receive(undefined);
      return () => {};
    }
    const reply = createInbox();
    const responses = connection.subscribe(reply, {
      callback(error, message) {
        if (error !== null) return;
        const isNobody = message.headers?.code === NO_RESPONDERS && message.data.length === 0;
        receive(isNobody ? undefined : message.string());
      },
    });
    connection.publish(subject, text, { reply });
    return () => responses.unsubscribe();
  }

  /** Sends a text to one subscriber of a subject. @returns its response; undefined if there is none in time, in milliseconds */
  async askOne(subject: string, text: string, time: number): Promise<string | undefined> {
    if (!this.#isUp || this.#connection === undefined) return undefined;
    try {
      return (await this.#connection.request(subject, text, { timeout: time })).string();
    } catch {
      // Nobody is there, or the connection broke.
      return undefined;
    }
  }

  /** Awaits that NATS has everything that was asked of it so far. @returns false if the connection is down */
  async flush(): Promise<boolean> {
    if (!this.#isUp || this.#connection === undefined) return false;
    return this.#connection.flush().then(
      () => true,
      () => false,
    );
  }

  /** Disconnects for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isUp = false;
    this.#cancel();
    await this.#connection?.close();
  }

  async #connect(): Promise<void> {
    try {
      const connection = await connect(connectionOptions(this.#options));
      if (this.#isClosed) return await connection.close();
      this.#connection = connection;
      for (const subject of this.#receivers.keys()) this.#subscribe(connection, subject);
      this.#connected(connection);
      await this.#watch(connection);
    } catch (error) {
      this.#complain(error as Error);
    }
    this.#hasTried();
    this.#connection = undefined;
    this.#subscriptions.clear();
    if (!this.#isClosed) this.#cancel = this.#options.after(RETRY, () => void this.#connect());
  }

  /** Returns once the connection is closed for good; until then the package connects again by itself. */
  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.#down();
        if (!this.#isClosed) this.#complain(new Error(`the connection to ${status.server} is lost`));
      }
      if (status.type === 'reconnect') this.#connected(connection);
      if (status.type === 'error') this.#complain(status.error);
    }
    this.#down();
  }

  #down(): void {
    this.#isUp = false;
    this.#options.disconnected();
  }

  #connected(connection: NatsConnection): void {
    this.#isUp = true;
    this.#hasComplained = false;
    this.#hasTried();
    this.#options.found(connection.getServer());
    this.#options.connected(connection);
  }

  #complain(error: Error): void {
    if (!this.#hasComplained) this.#options.lost(error);
    this.#hasComplained = true;
  }

  #subscribe(connection: NatsConnection, subject: string): void {
    if (this.#subscriptions.has(subject)) return;
    const subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.#receivers.get(subject)?.(message.string(), (text) => message.respond(text));
      },
    });
    this.#subscriptions.set(subject, subscription);
  }
}

function connectionOptions({ servers, credentials, ca, certificate, key }: BusOptions): ConnectionOptions {
  const { NATS_TOKEN: token, NATS_USER: user, NATS_PASSWORD: pass } = process.env;
  const usesTls = servers.some((server) => server.startsWith('tls:'));
  return {
    name: 'chatserv',
    servers: servers.map((server) => server.replace(/^tls:/, 'nats:')),
    noEcho: true,
    timeout: CONNECT_TIME,
    pingInterval: PING_EVERY,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY,
    // A password may be corrected on the side of NATS.
    ignoreAuthErrorAbort: true,
    ...(usesTls || ca || certificate
      ? { tls: { ...(ca && { ca }), ...(certificate && { cert: certificate, key }) } }
      : {}),
    ...(credentials === undefined
      ? { ...(token && { token }), ...(user && { user, pass }) }
      : { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) }),
  };
}
