import { z } from 'zod';
import { classic } from '../dialects/classic.ts';
import { json } from '../dialects/json.ts';
import { line } from '../dialects/line.ts';
import type { Dialect } from '../kernel/dialect.ts';

const NAMES = ['line', 'json', 'classic'] as const;

/** The dialects that there are, by name. */
export const DIALECTS: Readonly<Record<string, Dialect>> = { line, json, classic } satisfies Record<
  (typeof NAMES)[number],
  Dialect
>;

/** The option of a listener that says how its clients speak. @param byDefault how they do unless the config says so */
export function dialectOption(byDefault: (typeof NAMES)[number] = 'line') {
  return z.enum(NAMES).default(byDefault).describe('How clients speak there');
}
