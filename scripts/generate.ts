/**
 * Writes what follows from the code: the list of standard plugins with the types of their options, and the tables in
 * the docs between `<!-- generated: NAME -->` and `<!-- end -->`. With `--check` it writes nothing, and exits with 1
 * when something is not up to date.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { METRICS } from '../plugins/metrics/catalogue.ts';
import { ARGUMENTS, type HookName } from '../src/api/handlers.ts';
import { limits, log } from '../src/config/check.ts';
import { PHASES } from '../src/hooks/phases.ts';
import type { Plugin } from '../src/host/define.ts';
import { HOOKS, type HookEntry, type PhaseEntry, PLAIN_PHASES } from '../src/host/hook-table.ts';
import { servicesOf } from '../src/host/order.ts';
import { importFile, registerModuleHooks } from '../src/host/self.ts';
import { apiReference } from './api-reference.ts';
import { eventsTables, jsonReference, jsonSchema } from './json-reference.ts';
import type { StandardPlugin } from './reference.ts';
import { optionsTable } from './tables.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Standard plugins that are on in every config until it switches them off: earlier versions had them built in. */
const ALWAYS = /^(codecs\/[^/]+$|login\/dialogue$)/;
const check = process.argv.includes('--check');

registerModuleHooks();
const standard = await standardPlugins();
write('plugins/standard.ts', formatted('plugins/standard.ts', standardModule()));
// Not before that list is written: it sets up the standard plugins, which are found there.
const { pluginsReference, servicesReference } = await import('./reference.ts');
write('docs/json.schema.json', formatted('docs/json.schema.json', jsonSchema()));
fill('docs/json.md', eventsTables());
write('docs/reference/json.md', jsonReference());
fill('docs/plugins/hooks.md', { hooks: hooksTable() });
fill('docs/operations.md', { metrics: metricsTable() });
fill('docs/config.md', { limits: optionsTable(limits), log: optionsTable(log) });
write('docs/config.schema.json', formatted('docs/config.schema.json', configSchema()));
write('docs/reference/hooks.md', hooksReference());
write('docs/reference/services.md', servicesReference(ROOT, standard));
for (const [file, text] of apiReference(ROOT, (code) => formatted('docs/reference/api.d.ts', code))) write(file, text);
write('docs/reference/plugins.md', await pluginsReference(standard));
write('docs/decisions/README.md', decisionsIndex());
// What `chatserv new --kind store` begins with.
write(
  'templates/store/plugin.ts',
  readFileSync(`${ROOT}examples/tiny-store.ts`, 'utf8').replaceAll('tiny-store', 'example'),
);

/** The standard plugins, by name: every module under plugins/ whose default export is one. */
async function standardPlugins(): Promise<StandardPlugin[]> {
  const found: StandardPlugin[] = [];
  for (const entry of readdirSync(`${ROOT}plugins`, { recursive: true, withFileTypes: true })) {
    const path = `${entry.parentPath}/${entry.name}`;
    if (!/(?<!\.test)\.ts$/.test(entry.name) || path === `${ROOT}plugins/standard.ts` || isPart(path)) continue;
    const plugin = (await importFile(path)).default as Plugin | undefined;
    if (plugin !== undefined) found.push({ file: relative(`${ROOT}plugins`, path).replace(/\.ts$/, ''), plugin });
  }
  return found.sort((a, b) => (a.plugin.name < b.plugin.name ? -1 : 1));
}

/** Whether a module is a part of a plugin: a folder with an index is one, and all that lies below is part of it. */
function isPart(path: string): boolean {
  for (let folder = dirname(path); relative(`${ROOT}plugins`, folder) !== ''; folder = dirname(folder)) {
    if (existsSync(`${folder}/index.ts`) && path !== `${folder}/index.ts`) return true;
  }
  return false;
}

function standardModule(): string {
  const entries = standard.map(({ file, plugin }) => {
    const always = ALWAYS.test(file) ? ', always: true' : '';
    return `  '${plugin.name}': { file: '${file}', provides: ${JSON.stringify(servicesOf(plugin.provides))}${always} },`;
  });
  const options = standard.map(({ file, plugin }) => {
    return `  readonly '${plugin.name}': OptionsOf<typeof import('./${file}.ts').default>;`;
  });
  return `// Made by \`npm run generate\` from the files beside it.
import type { OptionsOf } from 'chatserv';

/** The standard plugins by name: their files without the extension, and the services that they provide. */
export default {
${entries.join('\n')}
};

declare module 'chatserv' {
  interface PluginOptions {
${options.join('\n')}
  }
}
`;
}

/** What a config file may say, for editors of JSON and YAML. */
function configSchema(): string {
  const options = (schema: z.ZodType) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
    return rest;
  };
  const any = { anyOf: [{ type: 'boolean' }, { type: 'object' }] };
  const plugins = standard.map(({ plugin: { name, summary, options: takes } }) => {
    const entry =
      takes === undefined ? { type: 'boolean' } : { anyOf: [{ type: 'boolean' }, options(takes as z.ZodType)] };
    return [name, { description: summary, ...entry }];
  });
  return JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A config of chatserv',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      standard: { type: 'boolean', default: true, description: 'Whether the config extends the standard set' },
      plugins: {
        type: 'object',
        description: 'By name, file or package: options or true switch a plugin on, false off',
        properties: Object.fromEntries(plugins),
        patternProperties: { '^[./@]|^chatserv-plugin-': any },
        additionalProperties: false,
      },
      limits: options(limits),
      log: options(log),
    },
    additionalProperties: false,
  });
}

function hooksReference(): string {
  return `# Hooks

Generated from the code. How a plugin handles them: [hooks](../plugins/hooks.md). A handler that is a plain function runs in the phase marked \`plain\`.

${hooksTable()}
`;
}

function decisionsIndex(): string {
  const folder = `${ROOT}docs/decisions/`;
  const pages = readdirSync(folder).filter((file) => file !== 'README.md');
  const lines = pages.sort().map((file) => {
    const [heading = ''] = readFileSync(folder + file, 'utf8').split('\n', 1);
    return `- [${heading.replace(/^# /, '')}](${file})`;
  });
  return `# Decisions\n\nThe reasons behind the design, one page each. Made from their titles.\n\n${lines.join('\n')}\n`;
}

function hooksTable(): string {
  const rows = (Object.entries(HOOKS) as [HookName, HookEntry][]).flatMap(([name, { when, phases }]) => {
    const entries = phases as Readonly<Record<string, PhaseEntry>>;
    return PHASES.filter((phase) => entries[phase] !== undefined).map((phase, index) => {
      const { result, failure } = entries[phase] as PhaseEntry;
      const [hook, moment] = index === 0 ? [`\`${name}\``, when] : ['', ''];
      const plain = PLAIN_PHASES[name] === phase ? ', plain' : '';
      return `| ${hook} | ${moment} | \`${phase}(${(ARGUMENTS[name] as Readonly<Record<string, readonly string[]>>)[phase]?.join(', ')})\`${plain} | ${result} | ${failure} |`;
    });
  });
  return [
    '| hook | when | phase | what a handler returns | when a handler throws or takes too long |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function metricsTable(): string {
  const rows = METRICS.map(({ name, type, help, labels = [] }) => {
    return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
  });
  return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Text as the formatter would have it. */
function formatted(file: string, text: string): string {
  const biome = `${ROOT}node_modules/.bin/biome`;
  return execFileSync(biome, ['format', `--stdin-file-path=${file}`], { cwd: ROOT, input: text, encoding: 'utf8' });
}

/** Replaces what stands between the marks of each name. */
function fill(file: string, parts: Readonly<Record<string, string>>): void {
  let text = readFileSync(`${ROOT}${file}`, 'utf8');
  for (const [name, part] of Object.entries(parts)) {
    const marks = new RegExp(`(<!-- generated: ${name} -->\n)[^]*?(\n<!-- end -->)`);
    if (!marks.test(text)) throw new Error(`${file} has no place marked 'generated: ${name}'`);
    text = text.replace(marks, (_all, before, after) => `${before}\n${part}\n${after}`);
  }
  write(file, text);
}

function write(file: string, text: string): void {
  const old = existsSync(`${ROOT}${file}`) ? readFileSync(`${ROOT}${file}`, 'utf8') : undefined;
  if (old === text) return;
  if (!check) {
    writeFileSync(`${ROOT}${file}`, text);
    return;
  }
  process.stderr.write(`${file} is not up to date: run \`npm run generate\`.\n`);
  process.exitCode = 1;
}
