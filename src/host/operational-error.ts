/**
 * A failure outside the program, such as a full disk or a server that does not respond. It is logged in one line, without
 * a stack.
 */
export class OperationalError extends Error {
  override readonly name = 'OperationalError';
}
