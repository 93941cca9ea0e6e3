/** What `chatserv connect` ends with, beside 0 and, where the command line is wrong, 2. */
export const EXIT = {
  /** A command was answered with an error. */
  error: 1,
  /** The login was refused, or the server ended it. */
  refused: 3,
  /** There is no connection, or it was lost and did not come back. */
  noConnection: 4,
  /** It was interrupted. */
  interrupted: 130,
} as const;
