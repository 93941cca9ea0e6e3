import { defineCommand, Presence } from 'chatserv';

export default defineCommand({
  name: 'who',
  usage: 'who',
  summary: 'Names everyone who is online',
  args: { max: 0 },
  needs: { presence: Presence },
  run: (_call, { presence }) =>
    presence
      .online()
      .map(({ name }) => name)
      .join(' '),
});
