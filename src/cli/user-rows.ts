import { type CsvError, parse } from 'csv-parse/sync';

/** A user of a list, or what is wrong with its line. */
export type UserRow = { readonly line: number } & (
  | { readonly name: string; readonly secret: string }
  | { readonly fault: string }
);

/** The separators of columns. No name contains a comma or a tab. */
const SEPARATORS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' } as const;
type Separator = keyof typeof SEPARATORS;

/** A line up to its first separator. */
const FIRST_SEPARATOR = /^\s*(?:"(?:[^"]|"")*"\s*|[^",;\t]*)([,;\t])/;

/** The names of the columns in a first line. */
const NAME = /^(user[ -]?)?name$|^user$|^login$/i;
const SECRET = /^pass[ -]?(word|wd)?$|^sha-?1$|^hash$/i;

interface Field {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** The places of the names and secrets, and the number of columns. */
interface Columns {
  readonly name: number;
  readonly secret: number;
  readonly count: number;
  /** Whether the first line of the list names them. */
  readonly areNamed: boolean;
}

/**
 * Reads a list of users as a person or a spreadsheet writes it, one per line: RFC 4180, with commas, semicolons or tabs
 * between the columns, and optionally a first line that names them. Without quotes and such a line the secret is the rest
 * of its line, including commas.
 */
export function userRows(text: string): { readonly rows: readonly UserRow[]; readonly separatedBy: string } {
  const lines = text.split('\n').flatMap((text, index) => (text.trim() === '' ? [] : { number: index + 1, text }));
  const separator = separatorOf(lines.map((line) => line.text));
  const named = columnsIn(lines[0]?.text ?? '', separator);
  const columns = named ?? { name: 0, secret: 1, count: 2, areNamed: false };
  const rows = lines
    .slice(columns.areNamed ? 1 : 0)
    .map(({ number, text }) => ({ line: number, ...rowIn(text, separator, columns) }));
  return { rows, separatedBy: SEPARATORS[separator] };
}

/** The separator of the columns: the one that comes first in most lines. */
function separatorOf(lines: readonly string[]): Separator {
  const found = lines.flatMap((line) => (FIRST_SEPARATOR.exec(line)?.[1] ?? []) as Separator);
  const [first] = found;
  if (first !== undefined && columnsIn(lines[0] ?? '', first) !== undefined) return first;
  const count = (separator: Separator) => found.filter((one) => one === separator).length;
  if (count('\t') > Math.max(count(','), count(';'))) return '\t';
  // A name may contain a semicolon, so a single line proves nothing.
  return count(';') > Math.max(1, count(',')) ? ';' : ',';
}

/** The columns that a line names; undefined if it names none. */
function columnsIn(line: string, separator: Separator): Columns | undefined {
  const fields = fieldsOf(line, separator);
  if (typeof fields === 'string') return undefined;
  const place = (called: RegExp) => fields.findIndex(({ text }) => called.test(text));
  const columns = { name: place(NAME), secret: place(SECRET), count: fields.length, areNamed: true };
  return columns.name < 0 || columns.secret < 0 ? undefined : columns;
}

function rowIn(
  line: string,
  separator: Separator,
  { name, secret, count, areNamed }: Columns,
): { readonly name: string; readonly secret: string } | { readonly fault: string } {
  const fields = fieldsOf(line, separator);
  if (typeof fields === 'string') return { fault: fields };
  const isPlain = separator === ',' && !areNamed && !fields.some(({ isQuoted }) => isQuoted);
  if (fields.length > count && !isPlain) {
    return {
      fault: `${fields.length} columns instead of ${count}: put quotes around fields that contain ${SEPARATORS[separator]}.`,
    };
  }
  const [found, foundSecret] = [fields[name], fields[secret]];
  if (found === undefined || foundSecret === undefined)
    return { fault: `${fields.length === 1 ? '1 column' : `${fields.length} columns`} instead of ${count}.` };
  return { name: found.text, secret: isPlain ? line.slice(line.indexOf(',') + 1).trim() : foundSecret.text };
}

/** The fields of a line, or what is wrong with it. */
function fieldsOf(line: string, separator: Separator): readonly Field[] | string {
  try {
    const options = { delimiter: separator, trim: true, relax_quotes: true } as const;
    const [fields = []] = parse(line, {
      ...options,
      cast: (text, { quoting }) => ({ text, isQuoted: quoting }),
    }) as unknown as Field[][];
    return fields;
  } catch (cause) {
    const { code } = cause as CsvError;
    return code === 'CSV_QUOTE_NOT_CLOSED' ? 'A quote is not closed.' : 'There is text beside a quoted field.';
  }
}
