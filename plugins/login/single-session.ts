import { askUsername, definePlugin, Presence } from 'chatserv';

export default definePlugin({
  name: 'single-session',
  summary: 'Lets a user be connected once at a time',
  needs: { presence: Presence },
  setup({ presence }) {
    const connected = (name: string) => (presence.find(name) ? askUsername('connected') : undefined);
    return {
      hooks: {
        onUsername: { before: 'password', handler: (_session, name) => connected(name) },
        // Two connections may both be at the password: the first one in is in.
        onAdmit: (_session, account) => connected(account.name),
      },
    };
  },
});
