/** A file that is well, but not for us. Its message goes on after the file's name. */
export class Unfit extends Error {}

const UNWRITABLE =
  "cannot be written: give the server's user the right to write to the file and its folder, " +
  'or set the option file of the plugin sqlite to another place';

/** What SQLite's result codes mean for who runs the server. */
const COMPLAINTS: Readonly<Record<number, string>> = {
  5: 'is locked by another program: end that one',
  8: UNWRITABLE,
  11: 'is damaged: put a backup in its place',
  13: 'does not fit on its disk: make room there',
  14: UNWRITABLE,
  26: 'is not a database: move it away, or set the option file of the plugin sqlite to another place',
};

/** What is wrong with a database, as one sentence for a person: which file, what is wrong with it, what to do. */
export function complaint(file: string, error: unknown): Error {
  if (error instanceof Complaint) return error;
  return new Complaint(`The database ${file} ${reason(error)}.`, { cause: error });
}

class Complaint extends Error {}

function reason(error: unknown): string {
  const { message, errcode, code } = error as Error & { errcode?: number; code?: string };
  if (error instanceof Unfit) return message;
  // The low byte is the kind of failure, what is above it the detail.
  const known = errcode === undefined ? undefined : COMPLAINTS[errcode & 0xff];
  if (known) return `${known} (${message})`;
  return errcode === undefined && code ? `${UNWRITABLE} (${message})` : `cannot be used: ${message}`;
}
