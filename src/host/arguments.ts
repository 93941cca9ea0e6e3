import type { Values } from '../api/command-call.ts';
import { refuse } from '../api/decisions.ts';
import type { ArgumentReader } from '../kernel/commands.ts';
import { checkValues, type ParamShapes, readLine, writeLine } from '../params/arguments.ts';

/** How many words may follow a command. */
export interface WordCount {
  readonly min?: number;
  readonly max?: number;
}

const NO_VALUES = { values: {} };

/** Reads declared arguments. Wrong ones are refused with a sentence. */
export function declaredArguments(params: ParamShapes): ArgumentReader {
  return {
    read(given) {
      const read = typeof given === 'string' ? readLine(params, given) : checkValues(params, given);
      return 'values' in read ? read : refuse('args', read.problem);
    },
    write: (values) => writeLine(params, values),
  };
}

/** Counts the words of a command that declares no params and reads `rest` or `args` itself. */
export function countedWords({ min = 0, max = Number.POSITIVE_INFINITY }: WordCount = {}): ArgumentReader {
  return {
    read(given) {
      if (min === 0 && max === Number.POSITIVE_INFINITY) return NO_VALUES;
      const { length } = (typeof given === 'string' ? given : undeclared(given)).match(/\S+/g) ?? [];
      return length >= min && length <= max ? NO_VALUES : refuse('args');
    },
    write: undeclared,
  };
}

/** Writes values of which only the order is known. */
function undeclared(values: Values): string {
  return Object.values(values)
    .map((value) => (Array.isArray(value) ? `(${value.join(' ')})` : String(value)))
    .join(' ');
}
