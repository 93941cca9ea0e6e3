/** A plugin that shows thousands as online. */
export const CROWD = `
import { definePlugin, Presence } from 'chatserv';

export default definePlugin({
  name: 'crowd',
  summary: 'Shows thousands as online',
  needs: { presence: Presence },
  setup: ({ presence }) => ({
    start() {
      for (let i = 0; i < 5000; i++) presence.show({ id: 1_000_000 + i, name: 'person' + String(i).padStart(4, '0') });
    },
  }),
});
`;
