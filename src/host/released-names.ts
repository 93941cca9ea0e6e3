/** Names of the last release, for one more release. */
import type { Codec, Output } from '../api/codec.ts';
import type { PasswordDecision, UsernameDecision } from '../api/decisions.ts';
import type { IdempotencyKey } from '../api/message.ts';
import type { Post } from '../api/post.ts';
import type { HistogramSnapshot } from '../services/plugins.ts';
import { skeletons } from '../usernames/skeletons.ts';

/** @deprecated `Codec` */
export type Dialect = Codec;

/** @deprecated `Output` */
export type Utterance = Output;

/** @deprecated `UsernameDecision` */
export type UsernameVerdict = UsernameDecision;

/** @deprecated `HistogramSnapshot` */
export type Spread = HistogramSnapshot;

/** @deprecated `PasswordDecision` */
export type PasswordVerdict = PasswordDecision;

/** @deprecated `skeletons` */
export const likenesses = skeletons;

/** @deprecated `IdempotencyKey` */
export type Once = IdempotencyKey;

/** A post whose key says `again`, as in the last release, instead of `retry`. */
export function withRetry(post: Post): Post {
  const { once } = post;
  return once !== undefined && 'again' in once ? { ...post, once: { ...once, retry: once.again === true } } : post;
}
