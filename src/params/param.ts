import type { DurationUnit, ParamKind, ParamShape } from './kinds.ts';

/** An argument of a command, made by `param`. @typeParam T the type of its value in `call.values` */
export interface Param<T = unknown> {
  /** The declaration as data. */
  readonly shape: ParamShape;
  /** The same argument, but optional: its value is undefined when it is omitted. */
  optional(): Param<T | undefined>;
  /** The same argument, but optional: it has this value when it is omitted. */
  default(value: T): Param<T>;
  /** Carries the type only; it is never set. */
  readonly takes?: T;
}

/** The arguments of a command, by name, in the order of a line. */
export type Params = Readonly<Record<string, Param>>;

/** The type of `call.values` for declared arguments. */
export type ValuesOf<P extends Params> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

/** The label of an argument in usage, where its kind or name is not good enough. */
export interface ParamOptions {
  readonly label?: string;
}

/** The range of allowed numbers. */
export interface NumberOptions extends ParamOptions {
  readonly min?: number;
  readonly max?: number;
}

/** Declares the arguments of a command. `about` describes one in a few words. */
export const param = {
  /** One word. */
  word: (about = '', options: ParamOptions = {}) => make<string>('word', about, options),
  /** A user name. The command checks whether there is such a user. */
  user: (about = '', options: ParamOptions = {}) => make<string>('user', about, options),
  /** User names, one or several: `bob` or `(bob carol)`. */
  users: (about = '', options: ParamOptions = {}) => make<readonly string[]>('users', about, options),
  /** The name of a room, `#lab`, with its `#`. */
  room: (about = '', options: ParamOptions = {}) => make<string>('room', about, options),
  /** Where messages are: a room (`#lab`), `everyone`, a user's conversation (`bob`), or one of several `(bob carol)`. */
  place: (about = '', options: ParamOptions = {}) => make<string | readonly string[]>('place', about, options),
  /** A message: its id, or `last`, whichever message the command takes that for. */
  message: (about = '', options: ParamOptions = {}) => make<number | 'last'>('message', about, options),
  /** A whole number. */
  integer: (about = '', options: NumberOptions = {}) => make<number>('integer', about, options),
  /** A number. @param options `above`: it must be greater than this */
  number: (about = '', options: NumberOptions & { readonly above?: number } = {}) =>
    make<number>('number', about, options),
  /** A duration in seconds: `90s`, `10m`, `2h` or `7d`. @param options `unit`: of a bare number, otherwise refused */
  duration: (about = '', options: ParamOptions & { readonly unit?: DurationUnit } = {}) =>
    make<number>('duration', about, options),
  /** One of some words. */
  choice: <const C extends readonly string[]>(choices: C, about = '', options: ParamOptions = {}) =>
    make<C[number]>('choice', about, { ...options, choices }),
  /** The rest of the line as typed, not blank. It must come last. */
  text: (about = '', options: ParamOptions = {}) => make<string>('text', about, options),
};

function make<T>(kind: ParamKind, about: string, options: Omit<ParamShape, 'kind' | 'about'>): Param<T> {
  return new Declared<T>({ kind, about, ...options });
}

class Declared<T> implements Param<T> {
  readonly shape: ParamShape;

  constructor(shape: ParamShape) {
    this.shape = shape;
  }

  optional(): Param<T | undefined> {
    return new Declared<T | undefined>({ ...this.shape, optional: true });
  }

  default(value: T): Param<T> {
    return new Declared<T>({ ...this.shape, optional: true, default: value });
  }

  /** Its form in messages about a plugin's errors. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `param.${this.shape.kind}()`;
  }
}
