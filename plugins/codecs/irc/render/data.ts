import type { Entry, z } from 'chatserv';

/** The data of an entry; undefined where it was redacted, or is of another form. */
export function dataOf<T>({ body }: Pick<Entry, 'body'>, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
