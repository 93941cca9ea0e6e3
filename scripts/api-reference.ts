import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A part of the reference: its heading, a sentence or two, and the names in the order in which they are shown. */
interface Section {
  readonly heading: string;
  readonly intro: string;
  readonly names: readonly string[];
}

/** All that `chatserv` exports, but for the services, which have a page of their own. */
const SECTIONS: readonly Section[] = [
  {
    heading: 'A plugin',
    intro: "What a plugin's file exports, and what its `setup` is given and gives back. `z` is zod, for the options.",
    names: [
      'definePlugin',
      'PluginSpec',
      'SetupContext',
      'Contributions',
      'withOptions',
      'Plugin',
      'PluginOf',
      'OptionsOf',
    ],
  },
  {
    heading: 'Commands',
    intro:
      'A plugin that is one command is made by `defineCommand`; others return an array of them, each made by `command`.',
    names: [
      'defineCommand',
      'CommandPluginSpec',
      'command',
      'CommandSpec',
      'Command',
      'CommandCall',
      'Values',
      'CommandDraft',
      'CommandContext',
      'Reply',
      'reply',
      'FactualReply',
      'refuse',
      'Refusal',
    ],
  },
  {
    heading: 'Arguments',
    intro: 'What a command takes, declared under `params`: [commands](../plugins/commands.md#arguments).',
    names: [
      'param',
      'Param',
      'Params',
      'ValuesOf',
      'ParamOptions',
      'NumberOptions',
      'DurationUnit',
      'ParamShape',
      'ParamKind',
      'schemaOf',
    ],
  },
  {
    heading: 'Hooks',
    intro: 'When each is called, and what an answer means: [hooks.md](hooks.md).',
    names: [
      'HookHandlers',
      'HookHandler',
      'Handlers',
      'Ordered',
      'PlainHandler',
      'ReleasedHandler',
      'Decision',
      'Guarding',
      'Watching',
      'HookName',
      'PhaseName',
      'PhaseOf',
      'reserve',
      'Reservation',
      'LoginRefusal',
      'AccountChange',
      'askPassword',
      'askUsername',
      'blocked',
      'admit',
      'UsernameDecision',
      'UsernameVerdict',
      'PasswordDecision',
      'PasswordVerdict',
      'Login',
      'LoginStep',
    ],
  },
  {
    heading: 'The server',
    intro: 'What `setup` and commands are given under `server`, `clock` and `logger`.',
    names: ['Server', 'SteadyClock', 'Clock', 'settledTime', 'Logger', 'OperationalError'],
  },
  {
    heading: 'Messages',
    intro: 'What `server.post` takes and gives back, and what `onMessage` (a draft) and `onDeliver` are given.',
    names: ['Post', 'Posted', 'MessageDraft', 'Message', 'Audience', 'Account', 'Once', 'Duplicate'],
  },
  {
    heading: 'The log',
    intro:
      'What a room holds, and what `server.append` and a store take and give: [services.md](services.md#messagelog).',
    names: [
      'KindSpec',
      'EntryPost',
      'Entry',
      'NewEntry',
      'Destination',
      'Room',
      'RoomKind',
      'EVERYONE',
      'DIRECT_MOST',
      'SendKey',
      'Cursor',
      'Follower',
    ],
  },
  {
    heading: 'Sessions',
    intro: 'What hooks and commands are given under `session`.',
    names: [
      'Session',
      'LoginSession',
      'AcceptedSession',
      'SessionLogin',
      'AskOptions',
      'Question',
      'Feed',
      'InboxReader',
    ],
  },
  {
    heading: 'Services',
    intro: 'A token names a service. What each of the standard ones can be asked: [services.md](services.md).',
    names: ['token', 'Token', 'chain', 'ChainToken', 'Tokens', 'ServicesOf', 'ProvidedFor'],
  },
  {
    heading: 'A store',
    intro: 'What a plugin is made with that keeps accounts and messages: [services.md](services.md#storage).',
    names: ['storageOver', 'byCodePoint', 'Followers'],
  },
  {
    heading: 'Bots',
    intro: 'Users that are programs: [messages](../plugins/messages.md#posting-a-message).',
    names: ['claimBot', 'Bot', 'isBot'],
  },
  {
    heading: 'Names and addresses',
    intro: 'What user names and IP addresses are compared by, and which may be used.',
    names: [
      'nameKey',
      'likenesses',
      'isName',
      'nameObjection',
      'NameObjection',
      'parseAddress',
      'ParsedAddress',
      'networkOf',
      'plainAddress',
      'addressList',
      'inAddressList',
      'escapeUnseen',
    ],
  },
  { heading: 'Files', intro: 'Beside `path` of what a set-up is given.', names: ['makeFolder'] },
  {
    heading: 'Limits',
    intro: 'So much within a time, for each key; and blocks that last for a time.',
    names: ['Quota', 'QuotaRule', 'TimedBlocks'],
  },
  {
    heading: 'Transports',
    intro: 'What a plugin is made of that has clients come in: [transports.md](../transports.md).',
    names: [
      'Connection',
      'portOptions',
      'PortOptions',
      'portListener',
      'unixListener',
      'UnixPlace',
      'codecOption',
      'dialectOption',
      'renamedOption',
      'Listener',
      'ListenerContext',
      'listen',
      'FileLimit',
      'openFiles',
      'OpenFiles',
      'placeOf',
      'isHandedOver',
      'watchedCertificate',
      'probeOptions',
      'probe',
      'handshakeOptions',
      'handshakeLimit',
      'WatchedCertificate',
      'CertificateFiles',
    ],
  },
  {
    heading: 'Codecs',
    intro: 'How clients speak. The events of the codec `json` are in [json.md](../json.md).',
    names: [
      'Codec',
      'CodecState',
      'Input',
      'Output',
      'LineRead',
      'Dialect',
      'Utterance',
      'withoutControls',
      'clientEvents',
      'ClientEvent',
      'ServerEvent',
    ],
  },
  {
    heading: 'A config',
    intro: 'What `chatserv.config.ts` exports: [config.md](../config.md).',
    names: ['defineConfig', 'Config', 'PluginEntries', 'PluginOptions'],
  },
];

/**
 * The public API as its types and their doc comments say it.
 * @param root of this repository, with a slash
 * @param formatted TypeScript as the formatter would have it
 * @throws when something that is exported has no place in it
 */
export function apiReference(root: string, formatted: (text: string) => string): string {
  const declared = declarations(root);
  const named = SECTIONS.flatMap(({ names }) => names);
  const placeless = [...declared.keys()].filter((name) => !named.includes(name));
  if (placeless.length > 0) throw new Error(`scripts/api-reference.ts has no place for ${placeless.join(', ')}`);
  // Formatted together: starting the formatter costs more than all of the text.
  const texts = formatted(named.map((name) => declared.get(name) ?? missing(name)).join(SEAM)).split(SEAM.trim());
  const code = new Map(named.map((name, i) => [name, texts[i]?.trim().replace(/^export (declare )?/m, '')]));
  const parts = SECTIONS.map(({ heading, intro, names }) => {
    const entries = names.map((name) => `### ${name}\n\n\`\`\`ts\n${code.get(name)}\n\`\`\``);
    return `## ${heading}\n\n${intro}\n\n${entries.join('\n\n')}`;
  });
  return `# The API of plugins\n\nMade from the code: what \`chatserv\` exports. How to use it: [plugins.md](../plugins.md).\n\n${parts.join('\n\n')}\n`;
}

/** What stands between two declarations while they are formatted. */
const SEAM = '\n// ----\n';

function missing(name: string): never {
  throw new Error(`src/index.ts does not export ${name}, which scripts/api-reference.ts has a place for`);
}

/** What the index exports from our own modules, but for the contracts: each name's declaration with its doc comment. */
function declarations(root: string): Map<string, string> {
  const out = mkdtempSync(join(tmpdir(), 'chatserv-api-'));
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', out], {
      cwd: root,
    });
    const found = new Map<string, string>();
    const index = readFileSync(join(root, 'src/index.ts'), 'utf8');
    for (const [, names = '', file = ''] of index.matchAll(/^export (?:type )?\{([^}]*)\} from '\.\/(.+)\.ts';$/gm)) {
      if (file.startsWith('services/') && file !== 'services/service') continue;
      const chunks = statements(readFileSync(join(out, `src/${file}.d.ts`), 'utf8'), '');
      for (const name of names.match(/\w+(?=\s*(,|$))/g) ?? []) found.set(name, declaration(name, file, chunks));
    }
    return found;
  } finally {
    rmSync(out, { recursive: true });
  }
}

function declaration(name: string, file: string, chunks: readonly string[]): string {
  const start = new RegExp(`^export (declare )?(interface|type|class|function|const) ${name}\\b`, 'm');
  const chunk = chunks.find((chunk) => start.test(chunk));
  if (chunk === undefined) throw new Error(`src/${file}.ts exports ${name}, but does not declare it`);
  return withoutInternals(chunk);
}

/** A class without its members that are marked `@internal`, or are private. */
function withoutInternals(declaration: string): string {
  const parts = /^(.*?\bclass [^\n]*\{\n)(.*)(\n\}\s*)$/s.exec(declaration);
  if (parts === null) return declaration;
  const [, head = '', body = '', tail = ''] = parts;
  const members = statements(body, '    ').filter((member) => !/@internal|^\s*(#private|private )/.test(member));
  return [head.replace(/ implements [^{]*/, ' '), members.join(''), tail].join('');
}

/** The statements, or members, that begin at this indent, each with the doc comment before it. */
function statements(text: string, indent: string): string[] {
  const begin = new RegExp(`(^${indent}/\\*\\*((?!\\*/)[^])*\\*/\n)?^${indent}[\\w#]`, 'gm');
  const starts = [...text.matchAll(begin)].map(({ index }) => index);
  return starts.map((start, i) => text.slice(start, starts[i + 1]));
}
