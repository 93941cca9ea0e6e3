import { definePlugin, z } from 'chatserv';

export default definePlugin({
  name: 'timeouts',
  summary: 'Closes sessions that take too long to log in or stay idle',
  options: z.strictObject({
    login: z.number().positive().default(60).describe('How long the login dialogue may take, in seconds'),
    idle: z.number().positive().default(1800).describe('How long a session may send nothing, in seconds'),
  }),
  environment: { idle: 'TIME_OUT' },
  setup({ options, clock, server, perSession }) {
    const timer = perSession(() => ({ cancel: () => {} }));
    type Watched = Parameters<typeof timer>[0];
    const close = (session: Watched, limit: string, seconds: number): void => {
      server.limitMet(limit);
      session.close('timeout', seconds);
    };
    const watchIdle = (session: Watched): void => {
      timer(session).cancel();
      const left = options.idle * 1000 - session.silence;
      if (left <= 0) close(session, 'idle-time', options.idle);
      else timer(session).cancel = clock.after(left, () => watchIdle(session));
    };
    const watchLogin = (session: Watched): void => {
      const left = Math.max(0, options.login * 1000 - session.age);
      timer(session).cancel = clock.after(left, () => close(session, 'login-time', options.login));
    };
    return {
      start() {
        // Switched on in a running server, it watches the sessions that are there.
        for (const session of server.sessions()) (session.account ? watchIdle : watchLogin)(session);
      },
      hooks: {
        // It never refuses: as a guard it runs before handlers that may take long.
        onConnect: {
          guard(session) {
            watchLogin(session);
            return undefined;
          },
        },
        async onLogin(session) {
          watchIdle(session);
        },
        async onDisconnect(session) {
          timer(session).cancel();
        },
      },
      dispose() {
        for (const session of server.sessions()) timer(session).cancel();
      },
    };
  },
});
