import { type Account, askUsername, definePlugin, Presence } from 'chatserv';

export default definePlugin({
  name: 'single-session',
  summary: 'Lets a user be connected once at a time',
  needs: { presence: Presence },
  setup({ presence, server }) {
    /** Whether an account is online, here or wherever else presence is known from. */
    const isOnline = ({ id, name }: Account) => presence.find(name)?.id === id;
    return {
      hooks: {
        onUsername: {
          before: 'password',
          handler: (_session, name) => (presence.find(name) ? askUsername('connected') : undefined),
        },
        // Two connections may both be at the password: the first one in is in.
        onAdmit(session, account) {
          const here = server.sessionsOf(account);
          const isTaken = here.length > 0 ? here.some((other) => !session.replaces(other)) : isOnline(account);
          return isTaken ? askUsername('connected') : undefined;
        },
      },
    };
  },
});
