import { definePlugin } from 'chatserv';

/** One of many that have nothing to do: a command that nobody calls, and hooks beside the path of messages. */
export default definePlugin({
  name: 'idle',
  summary: 'Does nothing',
  setup: () => ({
    hooks: { onLogin() {}, onDisconnect() {} },
    commands: [{ name: 'idle', usage: 'idle', summary: 'Does nothing', run: () => '' }],
  }),
});
