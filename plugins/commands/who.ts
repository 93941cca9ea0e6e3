import { defineCommand, Presence, reply } from 'chatserv';

export default defineCommand({
  name: 'who',
  summary: 'Lists everyone who is online',
  needs: { presence: Presence },
  run(_call, { presence }) {
    const names = presence.online().map(({ name }) => name);
    return reply(names.join(' '), { names });
  },
});
