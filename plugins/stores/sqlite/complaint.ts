/** A database that is sound but unusable for us. The message continues after the file's name. */
export class Unfit extends Error {}

const UNWRITABLE =
  "cannot be written: give the server's user write access to the file and its folder, " +
  'or set the option file of the plugin sqlite to another path';

const FULL = 'does not fit on its disk: free some space';

/** SQLite's result codes, explained to the operator. */
const COMPLAINTS: Readonly<Record<number, string>> = {
  5: 'is locked by another program: stop it',
  8: UNWRITABLE,
  10: 'cannot be read or written: check whether its disk is full, over a quota or failing',
  11: 'is damaged: put a backup in its place',
  13: FULL,
  14: UNWRITABLE,
  26: 'is not a database: move it away, or set the option file of the plugin sqlite to another path',
};

/** System errors that mean a full disk. */
const NO_ROOM: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What is wrong with a database, as one sentence for a person: which file, what is wrong with it, what to do. */
export function complaint(file: string, error: unknown): Error {
  if (error instanceof Complaint) return error;
  return new Complaint(`The database ${file} ${reason(error)}.`, { cause: error });
}

class Complaint extends Error {}

function reason(error: unknown): string {
  const { message, errcode, code } = error as Error & { errcode?: number; code?: string };
  if (error instanceof Unfit) return message;
  // The low byte is the kind of failure, the others its details.
  const known = errcode === undefined ? NO_ROOM.has(code) && FULL : COMPLAINTS[errcode & 0xff];
  if (known) return `${known} (${message})`;
  return errcode === undefined && code ? `${UNWRITABLE} (${message})` : `cannot be used: ${message}`;
}
