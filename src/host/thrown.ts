import { inspect } from 'node:util';

/** Makes an error of whatever was thrown, for the log. */
export function errorOf(thrown: unknown): Error {
  if (isReadable(thrown)) return thrown;
  const error = new Error(messageOf(thrown));
  // Its stack would point here.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** Whether this is an error whose properties can be read: a getter or a proxy may throw. */
function isReadable(thrown: unknown): thrown is Error {
  try {
    if (!(thrown instanceof Error)) return false;
    return [thrown.name, thrown.message, thrown.stack, thrown.cause, ...Object.values(thrown)].length > 0;
  } catch {
    return false;
  }
}

/** How much of a thrown value that is not an error is shown, in characters. */
const SHOWN = 200;

/** The message of whatever was thrown. That of a syntax error gets its place, which Node writes only before the stack. */
export function messageOf(thrown: unknown): string {
  if (!isReadable(thrown)) return shown(thrown).slice(0, SHOWN) || 'an empty string was thrown';
  const first =
    thrown instanceof SyntaxError ? /^(?:file:\/\/)?(\/.*?)(?:\?.*)?:(\d+)\n/.exec(thrown.stack ?? '') : null;
  if ('code' in thrown && thrown.code === 'EISDIR') return 'it is a folder';
  const message = thrown.message || thrown.name;
  return first === null ? message : `${first[1]}:${first[2]}: ${message}`;
}

function shown(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  try {
    return inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  } catch {
    return 'an unreadable value was thrown';
  }
}
