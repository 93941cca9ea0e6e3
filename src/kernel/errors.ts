/** Thrown by calls that wait for a client once no answer will come. It is not the caller's failure. */
export class DialogueOver extends Error {
  /** The session whose answer a plugin was waiting for, if any. */
  readonly session: object | undefined;

  constructor(message: string, session?: object) {
    super(message);
    this.session = session;
  }
}

/** The session is over. */
export class SessionClosed extends DialogueOver {
  constructor(session?: object) {
    super('the session is over', session);
  }
}

/** The client restarted its login. */
export class LoginRestarted extends DialogueOver {
  constructor(session: object) {
    super('the client began its login again', session);
  }
}

/** The client declined a command's question: the command is cancelled, and the session goes on. */
export class QuestionCancelled extends DialogueOver {
  constructor(session: object) {
    super('the client cancelled the question', session);
  }
}
