/**
 * A typed service token: one plugin provides the service under it, others request it. Tokens are compared by name, so
 * two copies of a module share a service.
 */
export interface Token<T> {
  readonly service: string;
  /** For the type only; never set. */
  readonly type?: T;
}

/** A token of a service that several plugins may provide. Its users get all providers. */
export interface ChainToken<T> extends Token<readonly T[]> {
  readonly chained: true;
  /** For the type only; never set. */
  readonly link?: T;
}

/** Tokens by the names that a plugin uses for their services. */
export type Tokens = Readonly<Record<string, Token<unknown>>>;

/** The services of the tokens. */
export type ServicesOf<T extends Tokens> = { readonly [K in keyof T]: T[K] extends Token<infer S> ? S : never };

/** What a plugin provides for the tokens: for a chained service, one provider. */
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
 * Makes a token of a service that several plugins may provide. A plugin that needs or wants it gets all providers, in
 * the order of the config: the config's own plugins before those of the standard set.
 * @param service the service's name, unique among all plugins that are ever loaded together
 */
export function chain<T>(service: string): ChainToken<T> {
  return { service, chained: true };
}
