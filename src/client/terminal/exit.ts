/** The exit codes of `chatserv connect`, besides 0 and 2 for a wrong command line. */
export const EXIT = {
  /** A command was answered with an error. */
  error: 1,
  /** The login was refused, or the server closed the connection for good. */
  refused: 3,
  /** There is no connection, or it was lost and could not be restored. */
  noConnection: 4,
  /** It was interrupted. */
  interrupted: 130,
} as const;
