/**
 * A service's token: the name under which one plugin provides something typed and others ask for it.
 * Tokens are compared by name, so two copies of a module still mean the same service.
 */
export interface Token<T> {
  readonly service: string;
  /** Carries the type only; it is never set. */
  readonly type?: T;
}

/** A token of a service that several plugins may provide. Who uses it is given all of them. */
export interface ChainToken<T> extends Token<readonly T[]> {
  readonly chained: true;
  /** Carries the type only; it is never set. */
  readonly link?: T;
}

/** Several tokens, each under the name that the plugin calls its service by. */
export type Tokens = Readonly<Record<string, Token<unknown>>>;

/** What the tokens stand for. */
export type ServicesOf<T extends Tokens> = { readonly [K in keyof T]: T[K] extends Token<infer S> ? S : never };

/** What a plugin provides for tokens: of a chained service one of its own. */
export type ProvidedFor<T extends Tokens> = {
  readonly [K in keyof T]: T[K] extends ChainToken<infer L> ? L : T[K] extends Token<infer S> ? S : never;
};

/**
 * Makes a token.
 * @param service the service's name, unique among all plugins that are ever loaded together
 */
export function token<T>(service: string): Token<T> {
  return { service };
}

/**
 * Makes a token of a service that several plugins may provide. Who needs or wants it is given all of them, in the order of
 * the config; those that a config adds come before those of the standard set.
 * @param service the service's name, unique among all plugins that are ever loaded together
 */
export function chain<T>(service: string): ChainToken<T> {
  return { service, chained: true };
}
