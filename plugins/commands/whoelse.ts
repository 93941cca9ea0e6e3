import { defineCommand, Presence, reply } from 'chatserv';

export default defineCommand({
  name: 'whoelse',
  summary: 'Lists everyone else who is online',
  needs: { presence: Presence },
  run({ account }, { presence }) {
    const others = presence.online().filter(({ id }) => id !== account.id);
    const names = others.map(({ name }) => name);
    return reply(names.join(' '), { names });
  },
});
