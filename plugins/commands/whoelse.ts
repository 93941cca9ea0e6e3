import { defineCommand, Presence } from 'chatserv';

export default defineCommand({
  name: 'whoelse',
  usage: 'whoelse',
  summary: 'Names everyone else who is online',
  args: { max: 0 },
  needs: { presence: Presence },
  run: ({ account }, { presence }) =>
    presence
      .online()
      .filter(({ id }) => id !== account.id)
      .map(({ name }) => name)
      .join(' '),
});
