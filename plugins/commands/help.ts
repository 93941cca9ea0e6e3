import { type Command, defineCommand, param, refuse, reply, schemaOf } from 'chatserv';

export default defineCommand({
  name: 'help',
  summary: 'Lists the commands, or explains one',
  params: { command: param.word('the one to explain').optional() },
  async run({ account, values: { command: word } }, { server }) {
    const named = server
      .commands()
      .filter(({ name, aliases }) => word === undefined || name === word || aliases.includes(word));
    const allowed = await Promise.all(named.map(({ allows }) => allows?.(account) ?? true));
    const commands = named.filter((_, index) => allowed[index]);
    if (commands.length === 0) return refuse('args', `There is no command '${word}'.`);
    const lines = commands.map(({ usage, aliases, summary }) => {
      const also = aliases.length > 0 ? ` (also: ${aliases.join(', ')})` : '';
      return `${usage} - ${summary}${also}`;
    });
    return reply(lines, { commands: commands.map((command) => factsOf(command, word !== undefined)) });
  },
});

/** A command's facts for programs. @param isExplained whether the caller asked for this one: adds its JSON Schema */
function factsOf({ name, aliases, usage, summary, params }: Command, isExplained: boolean): object {
  return {
    name,
    aliases,
    usage,
    summary,
    ...(params && { params: Object.entries(params).map(([name, shape]) => ({ name, ...shape })) }),
    ...(params && isExplained && { schema: schemaOf(params) }),
  };
}
