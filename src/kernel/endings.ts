/** Thrown out of whatever waits for a session when the session is over. It is no failure of who waits. */
export class SessionEnded extends Error {
  constructor() {
    super('the session is over');
  }
}

/** Thrown out of a dialogue when the client begins its login again. It is no failure of who asked. */
export class StartedOver extends Error {
  constructor() {
    super('the client began its login again');
  }
}
