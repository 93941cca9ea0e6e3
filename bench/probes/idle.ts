import { definePlugin } from 'chatserv';

/** Hooks off the path of messages. */
export default definePlugin({
  name: 'idle',
  summary: 'Does nothing',
  setup: () => ({ hooks: { onLogin() {}, onDisconnect() {} } }),
});
