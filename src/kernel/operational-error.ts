/**
 * What keeps something from being done that is no mistake of the program: a disk that is full, a server that does not
 * answer. The log tells it in one line, without a stack.
 */
export class OperationalError extends Error {
  override readonly name = 'OperationalError';
}
