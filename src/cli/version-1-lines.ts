import { z } from 'zod';
import { accountFields, cleanText, id, place, storedLine, time } from './archive-lines.ts';

/** A line of an archive of version 1, which had messages with recipients and no rooms. */
export const line1 = z.discriminatedUnion('type', [
  z.object({ type: z.literal('archive'), version: z.literal(1), account: place, message: place }),
  z.object({ ...accountFields, cursor: place, handed: place }),
  z.object({
    type: z.literal('message'),
    id,
    sender: place,
    from: cleanText,
    audience: z.union([z.literal('everyone'), z.array(id).readonly()]),
    text: cleanText,
    time,
    key: z.string().optional(),
    unknown: z.array(cleanText).readonly().optional(),
  }),
  storedLine,
]);

export type Line1 = z.infer<typeof line1>;
export type LineOf<Type extends Line1['type']> = Extract<Line1, { readonly type: Type }>;

/** An account of version 1. */
export type Account1 = LineOf<'account'>;

/** A message of version 1: to everyone, or to accounts; only those that have not received it yet are sure to be named. */
export type Message1 = LineOf<'message'>;
