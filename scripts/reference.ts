import { readdirSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { checkConfig } from '../src/config/check.ts';
import type { Plugin } from '../src/host/define.ts';
import { Host } from '../src/host/host.ts';
import { servicesOf } from '../src/host/order.ts';
import type { Command } from '../src/host/server.ts';
import { loadStandardSet } from '../src/host/standard.ts';
import { kindOf, type ParamShape } from '../src/params/kinds.ts';
import { optionsTable } from './tables.ts';

/** A standard plugin, and its file under plugins/ without the extension. */
export interface StandardPlugin {
  readonly file: string;
  readonly plugin: Plugin;
}

/** Every standard plugin: what it does, needs and provides, its hooks, commands and options. */
export async function pluginsReference(standard: readonly StandardPlugin[]): Promise<string> {
  const checked = await checkConfig(
    { plugins: { sqlite: false, memory: true } },
    await loadStandardSet(),
    'the standard set',
  );
  const silent = () => {};
  const logger = { debug: silent, info: silent, warn: silent, error: silent };
  const host = await Host.setUp({
    ...checked,
    place: { folder: process.cwd(), name: 'the standard set' },
    logger,
  });
  const live = new Map(host.plugins().map(({ loaded, hooks }) => [loaded.plugin.name, hooks]));
  const commands = Map.groupBy(host.server.commands(), ({ plugin }) => plugin);
  await host.stop('shutdown');
  const parts = standard.map(({ file, plugin }) => {
    const facts = [
      ['needs', servicesOf(plugin.needs).map(service)],
      ['uses, if provided,', servicesOf(plugin.wants).map(service)],
      ['provides', servicesOf(plugin.provides).map(service)],
      ['handles', (live.get(plugin.name) ?? []).map((hook) => `[\`${hook}\`](hooks.md)`)],
    ] as const;
    const said = facts.filter(([, names]) => names.length > 0).map(([what, names]) => `- ${what} ${names.join(', ')}`);
    return [
      `## ${plugin.name}`,
      `${plugin.summary}. [Source](../../plugins/${file}.ts)`,
      said.join('\n'),
      commandsTable(commands.get(plugin.name) ?? []),
      options(plugin),
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  });
  return `# The standard plugins\n\nGenerated from the code. To switch them on or off and set their options, see [Configuration](../config.md); to write one, [Writing a plugin](../plugins.md).\n\n${parts.join('\n\n')}\n`;
}

/** Every service of the public API: what it can be asked, and which standard plugins provide it. */
export function servicesReference(root: string, standard: readonly StandardPlugin[]): string {
  const files = readdirSync(`${root}src/services`).filter((file) => file.endsWith('.ts'));
  const parts = files.flatMap((file) => {
    const source = readFileSync(`${root}src/services/${file}`, 'utf8');
    const [, name] = /^export const \w+ = (?:token|chain)<(\w+)>/m.exec(source) ?? [];
    if (name === undefined) return [];
    const [, word = ''] = new RegExp(`(?:token|chain)<${name}>\\('([^']+)'\\)`).exec(source) ?? [];
    const by = standard
      .filter(({ plugin }) => servicesOf(plugin.provides).includes(word))
      .map(({ plugin }) => plugin.name);
    const whence =
      by.length === 0 ? 'The server provides it.' : `Provided by ${by.map((one) => `\`${one}\``).join(' and ')}.`;
    const code = source
      .replace(/^import .*\n/gm, '')
      .replace(/^\/\*\*[^\n]*\*\/\nexport function [\s\S]*?^\}\n/gm, '')
      .replace(/^(?:\/\*\*\n(?: \*.*\n)+)?export const \w+ = (?:token|chain).*\n/gm, '')
      .trim();
    return [`## ${name}\n\n${whence}\n\n\`\`\`ts\n${code}\n\`\`\``];
  });
  return `# Services\n\nGenerated from the code. A plugin asks for them with \`needs\` and \`wants\`: [services](../plugins/services.md).\n\n${parts.join('\n\n')}\n`;
}

function service(name: string): string {
  return `[\`${name}\`](services.md)`;
}

function commandsTable(commands: readonly Command[]): string {
  if (commands.length === 0) return '';
  const rows = commands.map(({ usage, aliases, summary, role }) => {
    return `| \`${usage}\` | ${aliases.map((alias) => `\`${alias}\``).join(', ')} | ${summary}${role ? `; needs the role \`${role}\`` : ''} |`;
  });
  const lines = commands.flatMap(({ name, params = {} }) =>
    Object.entries(params)
      .map(([param, shape]) => [param, describeArgument(shape)] as const)
      .filter(([, text]) => text !== '')
      .map(([param, text]) => `- \`${name}\`, \`${param}\`: ${text}`),
  );
  const table = ['| command | aliases | does |', '| --- | --- | --- |', ...rows].join('\n');
  return lines.length === 0 ? table : `${table}\n\n${lines.join('\n')}`;
}

/** What an argument is, and which are allowed where usage does not show it. */
function describeArgument(shape: ParamShape): string {
  const limited = ['integer', 'number', 'duration'].includes(shape.kind);
  return [shape.about, limited ? kindOf(shape).allowed(shape) : ''].filter((part) => part !== '').join(', ');
}

function options({ options, environment }: Plugin): string {
  if (options === undefined) return 'It takes no options.';
  const variables = Object.entries(environment).map(
    ([option, variable]) =>
      `The environment variable \`${variable}\` also sets \`${option}\`, and overrides the config.`,
  );
  return [optionsTable(options as z.ZodType), ...variables].join('\n\n');
}
