import { defineCommand, refuse, reply } from 'chatserv';

export default defineCommand({
  name: 'help',
  usage: 'help [command]',
  summary: 'Lists the commands, or explains one',
  args: { max: 1 },
  async run({ account, args: [word] }, { server }) {
    const named = server
      .commands()
      .filter(({ name, aliases }) => word === undefined || name === word || aliases.includes(word));
    const allowed = await Promise.all(named.map(({ allows }) => allows?.(account) ?? true));
    const commands = named.filter((_, index) => allowed[index]);
    if (commands.length === 0) return refuse('args');
    const lines = commands.map(({ usage, aliases, summary }) => {
      const also = aliases.length > 0 ? ` (also: ${aliases.join(', ')})` : '';
      return `${usage} - ${summary}${also}`;
    });
    const facts = commands.map(({ name, aliases, usage, summary }) => ({ name, aliases, usage, summary }));
    return reply(lines, { commands: facts });
  },
});
