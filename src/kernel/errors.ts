/** Thrown out of whatever waits for a client when no answer will come. It is no failure of whoever waits. */
export class DialogueOver extends Error {
  /** The session that was waited for, where a plugin asked it something. */
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

/** The client began its login again. */
export class LoginRestarted extends DialogueOver {
  constructor(session: object) {
    super('the client began its login again', session);
  }
}

/** The client will not answer a question of a command: the command is given up, and the session lives on. */
export class QuestionCancelled extends DialogueOver {
  constructor(session: object) {
    super('the client cancelled the question', session);
  }
}
