import type { DurationUnit, ParamKind, ParamShape } from './kinds.ts';

/** An argument of a command, made by `param`. @typeParam T what `call.values` has of it */
export interface Param<T = unknown> {
  /** The declaration as data. */
  readonly shape: ParamShape;
  /** The same, which may be left out: its value is then undefined. */
  optional(): Param<T | undefined>;
  /** The same, which may be left out: it then has this value. */
  default(value: T): Param<T>;
  /** Carries the type only; it is never set. */
  readonly takes?: T;
}

/** The arguments of a command, by name, in the order of a line. */
export type Params = Readonly<Record<string, Param>>;

/** What `call.values` has of declared arguments. */
export type ValuesOf<P extends Params> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

/** What usage calls an argument, where neither its kind nor its name says it. */
export interface ParamOptions {
  readonly label?: string;
}

/** Which numbers are allowed. */
export interface NumberOptions extends ParamOptions {
  readonly min?: number;
  readonly max?: number;
}

/** Makes the arguments of a command. `about` says in a few words what one is. */
export const param = {
  /** One word. */
  word: (about = '', options: ParamOptions = {}) => make<string>('word', about, options),
  /** A user name. Whether there is such a user is for the command to find out. */
  user: (about = '', options: ParamOptions = {}) => make<string>('user', about, options),
  /** User names, one or several: `bob` or `(bob carol)`. */
  users: (about = '', options: ParamOptions = {}) => make<readonly string[]>('users', about, options),
  /** The name of a room, `#lab`, with its `#`. */
  room: (about = '', options: ParamOptions = {}) => make<string>('room', about, options),
  /** A whole number. */
  integer: (about = '', options: NumberOptions = {}) => make<number>('integer', about, options),
  /** A number. @param options `above`: it must be greater than this */
  number: (about = '', options: NumberOptions & { readonly above?: number } = {}) =>
    make<number>('number', about, options),
  /** A duration, `90s`, `10m`, `2h` or `7d`, as seconds. @param options `unit`: that of a bare number, which is else refused */
  duration: (about = '', options: ParamOptions & { readonly unit?: DurationUnit } = {}) =>
    make<number>('duration', about, options),
  /** One of some words. */
  choice: <const C extends readonly string[]>(choices: C, about = '', options: ParamOptions = {}) =>
    make<C[number]>('choice', about, { ...options, choices }),
  /** The rest of the line as typed; not blank. It comes last. */
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

  /** As Node shows it, in sentences about what is wrong with a plugin. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `param.${this.shape.kind}()`;
  }
}
