/**
 * A service's token: the name under which one plugin provides something typed and others ask for it.
 * Tokens are compared by name, so two copies of a module still mean the same service.
 */
export interface Token<T> {
  readonly service: string;
  /** Carries the type only; it is never set. */
  readonly type?: T;
}

/** Several tokens, each under the name that the plugin calls its service by. */
export type Tokens = Readonly<Record<string, Token<unknown>>>;

/** What the tokens stand for. */
export type ServicesOf<T extends Tokens> = { readonly [K in keyof T]: T[K] extends Token<infer S> ? S : never };

/**
 * Makes a token.
 * @param service the service's name, unique among all plugins that are ever loaded together
 */
export function token<T>(service: string): Token<T> {
  return { service };
}
