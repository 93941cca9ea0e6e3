import { defineCommand, refuse } from 'chatserv';

export default defineCommand({
  name: 'help',
  usage: 'help [command]',
  summary: 'Lists the commands, or explains one',
  args: { max: 1 },
  run({ args: [word] }, { server }) {
    const commands = server
      .commands()
      .filter(({ name, aliases }) => word === undefined || name === word || aliases.includes(word));
    if (commands.length === 0) return refuse('args');
    return commands.map(({ usage, aliases, summary }) => {
      const also = aliases.length > 0 ? ` (also: ${aliases.join(', ')})` : '';
      return `${usage} - ${summary}${also}`;
    });
  },
});
