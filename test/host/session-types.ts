/** What of a session plugins may use, and what not: checked by the compiler, never run. */
import { type CommandCall, definePlugin, type Server, type Session } from 'chatserv';

export const login = definePlugin({
  name: 'login',
  summary: 'Uses what the hooks of the login are given',
  setup: () => ({
    hooks: {
      onAdmit: {
        guard(session) {
          session.takesOver = session.preset('takeover') === 'y';
          return undefined;
        },
      },
      onLogin: {
        observe(session) {
          // @ts-expect-error it is too late to take over
          session.takesOver = true;
        },
      },
    },
  }),
});

export function transport(server: Server, call: CommandCall) {
  server.accept({} as Parameters<Server['accept']>[0], 'line').spend(10);
  // @ts-expect-error only its transport counts what it reads besides lines
  call.session.spend(10);
}

export const internal = (session: Session) => [
  // @ts-expect-error of the kernel
  session.outbox,
  // @ts-expect-error of the kernel
  session.basis,
  // @ts-expect-error of the kernel
  session.inputs,
  // @ts-expect-error of the kernel
  session.closeWith('bye'),
  // @ts-expect-error of the kernel
  session.feed.offer,
];

export function readOnly(session: Session) {
  // @ts-expect-error only a login makes it another
  session.account = { id: 1, name: 'alice' };
}
