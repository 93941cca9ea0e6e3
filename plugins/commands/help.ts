import { type Command, defineCommand, didYouMean, param, refuse, reply, schemaOf } from 'chatserv';

export default defineCommand({
  name: 'help',
  summary: 'Lists the commands, or explains one',
  params: { command: param.word('the one to explain').optional() },
  async run({ account, values: { command: typed } }, { server }) {
    const word = typed?.replace(/^\//, '');
    const all = server.commands();
    const allowed = await Promise.all(all.map(({ allows }) => allows?.(account) ?? true));
    const usable = all.filter((_, index) => allowed[index]);
    const commands = usable.filter(
      ({ name, aliases }) => word === undefined || name === word || aliases.includes(word),
    );
    if (word !== undefined && commands.length === 0) {
      const names = usable.flatMap(({ name, aliases }) => [name, ...aliases]);
      return refuse('args', `There is no command '${word}'.${didYouMean(word, names)}`);
    }
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
