/** Names of the last release, for one more release. */
import type { Codec, Output } from '../api/codec.ts';
import type { PasswordDecision, UsernameDecision } from '../api/decisions.ts';
import { skeletons } from '../usernames/skeletons.ts';

/** @deprecated `Codec` */
export type Dialect = Codec;

/** @deprecated `Output` */
export type Utterance = Output;

/** @deprecated `UsernameDecision` */
export type UsernameVerdict = UsernameDecision;

/** @deprecated `PasswordDecision` */
export type PasswordVerdict = PasswordDecision;

/** @deprecated `skeletons` */
export const likenesses = skeletons;
