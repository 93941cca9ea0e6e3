import { definePlugin, type Session, z } from 'chatserv';

/** The shortest time between two looks at all sessions, in milliseconds: many that came together cost one look. */
const SHORTEST = 100;

export default definePlugin({
  name: 'timeouts',
  summary: 'Closes sessions that take too long to log in or stay idle',
  options: z.strictObject({
    login: z.number().positive().default(60).describe('How long the login dialogue may take, in seconds'),
    idle: z.number().positive().default(1800).describe('How long a session may send nothing, in seconds'),
  }),
  environment: { idle: 'TIME_OUT' },
  setup({ options, clock, server }) {
    // One timer for all sessions: one for each would take more memory than a session has here otherwise.
    let due = Number.POSITIVE_INFINITY;
    let cancel = (): void => {};

    /** How long a session may go on like this, in milliseconds. */
    const left = ({ account, age, silence }: Session): number =>
      account === undefined ? options.login * 1000 - age : options.idle * 1000 - silence;

    /** Looks at all sessions after so many milliseconds, unless it does so earlier. */
    function lookIn(time: number): void {
      const at = clock.monotonic() + time;
      if (at >= due) return;
      cancel();
      due = at;
      cancel = clock.after(time, look);
    }

    /** Closes the sessions whose time is up, and waits for the next one. */
    function look(): void {
      due = Number.POSITIVE_INFINITY;
      let next = Number.POSITIVE_INFINITY;
      for (const session of server.sessions()) {
        const time = left(session);
        if (time <= 0) close(session);
        else next = Math.min(next, time);
      }
      if (next < Number.POSITIVE_INFINITY) lookIn(Math.max(next, SHORTEST));
    }

    function close(session: Session): void {
      const isIdle = session.account !== undefined;
      server.countLimitHit(isIdle ? 'idle-time' : 'login-time');
      session.close('timeout', isIdle ? options.idle : options.login);
    }

    return {
      // Switched on in a running server, it watches the sessions that are there.
      start: look,
      hooks: {
        // It never refuses: as a guard it runs before handlers that may take long.
        onConnect: {
          guard(session) {
            lookIn(left(session));
            return undefined;
          },
        },
        onLogin(session) {
          lookIn(left(session));
          return undefined;
        },
      },
      dispose: () => cancel(),
    };
  },
});
