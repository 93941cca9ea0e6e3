import { definePlugin } from 'chatserv';

/** A command that nobody calls, and hooks off the path of messages. */
export default definePlugin({
  name: 'idle',
  summary: 'Does nothing',
  setup: () => ({
    hooks: { onLogin() {}, onDisconnect() {} },
    commands: [{ name: 'idle', usage: 'idle', summary: 'Does nothing', run: () => '' }],
  }),
});
