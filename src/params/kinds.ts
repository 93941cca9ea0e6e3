/** The kinds of arguments: how each is shown in usage, read from a line, checked, written and described to programs. */

/** The kind of an argument. */
export type ParamKind =
  | 'word'
  | 'user'
  | 'users'
  | 'room'
  | 'place'
  | 'message'
  | 'integer'
  | 'number'
  | 'duration'
  | 'choice'
  | 'text';

/** A unit of time: seconds, minutes, hours or days. */
export type DurationUnit = 's' | 'm' | 'h' | 'd';

/** A declared argument as data, which `help` passes to programs. */
export interface ParamShape {
  readonly kind: ParamKind;
  /** A description of a few words; may be empty. */
  readonly about: string;
  /** Its label in usage, by default its kind or name. */
  readonly label?: string;
  /** Whether it may be omitted. */
  readonly optional?: boolean;
  /** Its value when it is omitted. */
  readonly default?: unknown;
  /** The least number, inclusive. */
  readonly min?: number;
  /** The greatest number, inclusive. */
  readonly max?: number;
  /** The number that it must exceed. */
  readonly above?: number;
  /** The unit of a duration without one; by default every duration needs a unit. */
  readonly unit?: DurationUnit;
  /** The words to choose from. */
  readonly choices?: readonly string[];
}

/** An argument found on a line, and what follows it. */
interface Found {
  readonly value: unknown;
  readonly rest: string;
}

/** The behaviour of a kind of argument. */
interface Kind {
  /** Its label in usage and refusals. */
  label(shape: ParamShape, name: string): string;
  /** Whether it can be several words, which usage shows in a second form with parentheses. */
  readonly isList?: boolean;
  /** Whether it takes the rest of the line. */
  readonly isRest?: boolean;
  /** Reads it from the start of a line. @returns undefined if it is missing or not of this kind */
  read(line: string, shape: ParamShape): Found | undefined;
  /** Whether a value from a program is of this kind. */
  accepts(value: unknown, shape: ParamShape): boolean;
  /** Writes a value so that `read` reads it. */
  write(value: unknown): string;
  /** The allowed values, to follow "must be". */
  allowed(shape: ParamShape): string;
  /** The same for programs, whose values are not text on a line. */
  readonly allowedValue?: string;
  /** The JSON Schema of its values. */
  schema(shape: ParamShape): object;
}

const SECONDS: Readonly<Record<DurationUnit, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };
const UNIT_NAMES: Readonly<Record<DurationUnit, string>> = { d: 'days', h: 'hours', m: 'minutes', s: 'seconds' };

/** The longest duration, in seconds. */
const LONGEST = 999_999 * SECONDS.d;

const ANY_WORD = /^\S+$/;
/** A room: `#` and a name, without the characters that no name may have. */
const ROOM = /^#[^\s:,()[\]{}#*]+$/;
/** One name of a list: parentheses delimit the list. */
const LISTED = /^[^\s()]+$/;
/** A list ends with exactly one blank, so that a text after it keeps its own. */
const LIST = /^(?:\(([^()]*)\)|([^\s()]+))(?: |$)/;
const NOT_BLANK = /\S/;
const NEXT_WORD = /^\s*(\S+)\s?/;

const isString = (value: unknown): value is string => typeof value === 'string';
const ownName = (_shape: ParamShape, name: string) => name.replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** A kind that is one word. @param parse makes a value of the word, undefined if it cannot */
function oneWord(
  parse: (word: string, shape: ParamShape) => unknown,
  rest: Omit<Kind, 'read' | 'write' | 'label'> & Partial<Pick<Kind, 'write' | 'label'>>,
): Kind {
  return {
    label: ownName,
    write: String,
    ...rest,
    read(line, shape) {
      const [all = '', word] = NEXT_WORD.exec(line) ?? [];
      const value = word === undefined ? undefined : parse(word, shape);
      if (value === undefined || !rest.accepts(value, shape)) return undefined;
      return { value, rest: line.slice(all.length) };
    },
  };
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((name) => isString(name) && LISTED.test(name));
}

/** A word that matches a pattern. */
function matching(pattern: RegExp, allowed: string, label: Kind['label'] = ownName): Kind {
  return oneWord((word) => word, {
    label,
    accepts: (value) => isString(value) && pattern.test(value),
    allowed: () => allowed,
    schema: () => ({ type: 'string', pattern: pattern.source }),
  });
}

function inRange(value: number, { min, max, above }: ParamShape): boolean {
  return !(value < (min ?? value) || value > (max ?? value) || (above !== undefined && value <= above));
}

function range({ min, max, above }: ParamShape): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  const least = above === undefined ? min !== undefined && ` of at least ${min}` : ` above ${above}`;
  if (max === undefined) return least || '';
  return least ? `${least} and at most ${max}` : ` of at most ${max}`;
}

function rangeSchema({ min, max, above }: ParamShape): object {
  return {
    ...(min !== undefined && { minimum: min }),
    ...(above !== undefined && { exclusiveMinimum: above }),
    ...(max !== undefined && { maximum: max }),
  };
}

function secondsOf(word: string, { unit }: ParamShape): number | undefined {
  const [, count, written = unit] = /^(\d+)([smhd])?$/.exec(word) ?? [];
  return written === undefined ? undefined : Number(count) * SECONDS[written as DurationUnit];
}

/** A duration with the largest unit that divides it. */
function duration(seconds: number): string {
  const units = Object.entries(SECONDS);
  const [unit, length] = units.find(([, one]) => seconds % one === 0) ?? ['s', 1];
  return `${seconds / length}${unit}`;
}

/** `a`, `a or b`, `a, b or c`. */
function either(words: readonly string[]): string {
  return words.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

const choicesOf = ({ choices = [] }: ParamShape) => either(choices);

const KINDS: Readonly<Record<ParamKind, Kind>> = {
  word: matching(ANY_WORD, 'one word'),
  user: matching(ANY_WORD, 'a user name', () => 'user'),
  room: matching(ROOM, 'a room, such as #lab'),
  place: {
    label: () => 'place',
    read(line) {
      const [all = '', list, one] = LIST.exec(line.trimStart()) ?? [];
      const value = one ?? list?.match(/\S+/g) ?? undefined;
      return value === undefined || all === '' ? undefined : { value, rest: line.trimStart().slice(all.length) };
    },
    accepts: (value) => (isString(value) ? LISTED.test(value) : isNames(value)),
    write: (value) => (isString(value) ? value : `(${(value as readonly string[]).join(' ')})`),
    allowed: () => 'a room such as #lab, a user name, several in parentheses, or everyone',
    allowedValue: 'a room such as #lab, a user name, a list of user names, or everyone',
    schema: () => ({
      anyOf: [
        { type: 'string', pattern: LISTED.source },
        { type: 'array', items: { type: 'string', pattern: LISTED.source }, minItems: 1 },
      ],
    }),
  },
  users: {
    label: () => 'user',
    isList: true,
    read(line) {
      const [all = '', list, one] = LIST.exec(line) ?? [];
      const value = one === undefined ? (list?.match(/\S+/g) ?? []) : [one];
      return value.length === 0 ? undefined : { value, rest: line.slice(all.length) };
    },
    accepts: isNames,
    write(value) {
      const names = value as readonly string[];
      return names.length === 1 ? String(names[0]) : `(${names.join(' ')})`;
    },
    allowed: () => 'a user name, or several in parentheses',
    allowedValue: 'a list of user names',
    schema: () => ({ type: 'array', items: { type: 'string', pattern: LISTED.source }, minItems: 1 }),
  },
  message: oneWord((word) => (/^\d+$/.test(word) ? Number(word) : word), {
    label: () => 'id or last',
    accepts: (value) => value === 'last' || (Number.isSafeInteger(value) && (value as number) > 0),
    allowed: () => 'the id of a message, or last',
    schema: () => ({ anyOf: [{ type: 'integer', minimum: 1 }, { const: 'last' }] }),
  }),
  integer: oneWord((word) => (/^-?\d+$/.test(word) ? Number(word) : undefined), {
    accepts: (value, shape) => Number.isSafeInteger(value) && inRange(value as number, shape),
    allowed: (shape) => `a whole number${range(shape)}`,
    schema: (shape) => ({ type: 'integer', ...rangeSchema(shape) }),
  }),
  number: oneWord((word) => (/^-?\d+(\.\d+)?$/.test(word) ? Number(word) : undefined), {
    accepts: (value, shape) => Number.isFinite(value) && inRange(value as number, shape),
    allowed: (shape) => `a number${range(shape)}`,
    schema: (shape) => ({ type: 'number', ...rangeSchema(shape) }),
  }),
  duration: oneWord(secondsOf, {
    accepts: (value) =>
      Number.isSafeInteger(value) && inRange(value as number, { kind: 'number', about: '', min: 1, max: LONGEST }),
    write: (value) => duration(value as number),
    allowed: ({ unit }) =>
      `a duration such as 90s, 10m, 2h or 7d${unit === undefined ? '' : `, or a number of ${UNIT_NAMES[unit]}`}`,
    allowedValue: 'a whole number of seconds, at least 1',
    schema: () => ({ type: 'integer', minimum: 1, maximum: LONGEST, description: 'In seconds' }),
  }),
  choice: oneWord((word) => word, {
    label: choicesOf,
    accepts: (value, { choices = [] }) => isString(value) && choices.includes(value),
    allowed: choicesOf,
    schema: ({ choices = [] }) => ({ type: 'string', enum: [...choices] }),
  }),
  text: {
    label: ownName,
    isRest: true,
    read: (line) => (NOT_BLANK.test(line) ? { value: line, rest: '' } : undefined),
    accepts: (value) => isString(value) && NOT_BLANK.test(value),
    write: String,
    allowed: () => 'text',
    schema: () => ({ type: 'string', pattern: '\\S' }),
  },
};

/** The behaviour of a declared argument's kind. */
export function kindOf({ kind }: ParamShape): Kind {
  return KINDS[kind];
}

/** Whether something is a declared argument. */
export function isParam(value: unknown): value is ParamShape {
  return (
    typeof value === 'object' && value !== null && Object.hasOwn(KINDS, String((value as { kind?: unknown }).kind))
  );
}
