/** The last release's names of types, for one more release. */
import type { Codec, Output } from '../kernel/codec.ts';
import type { PasswordDecision, UsernameDecision } from '../kernel/decisions.ts';

/** @deprecated `Codec` */
export type Dialect = Codec;

/** @deprecated `Output` */
export type Utterance = Output;

/** @deprecated `UsernameDecision` */
export type UsernameVerdict = UsernameDecision;

/** @deprecated `PasswordDecision` */
export type PasswordVerdict = PasswordDecision;
