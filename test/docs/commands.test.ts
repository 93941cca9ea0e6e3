import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Block, blocksIn } from '../support/code-in.ts';
import { PASSWORD, type Program, startProgram } from '../support/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'src/cli/bin.ts');

// A block may have several commands, each of which starts the program.
vi.setConfig({ testTimeout: 120_000 });

/** Blocks that this test does not run, by their page and first line, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'README.md: npm ci && npm start': '.ci/run installs; test/e2e starts the program',
  'README.md: npm ci && npm test': 'runs this test',
  'docs/getting-started.md: npm ci && npm start': '.ci/run installs; test/e2e starts the program',
  'docs/getting-started.md: npm pack': 'test/package/install.test.ts packs and installs',
  'docs/getting-started.md: chatserv connect bob@localhost': 'asks at a terminal: test/terminal',
  'docs/backup.md: sudo -u chatserv chatserv backup /backups/chat.db --config /etc/chatserv/chatserv.config.json':
    'needs the user and the folders that the unit makes',
  'docs/backup.md: chatserv restore /backups/chat.db': 'refuses while a server runs; test/cli/restore.test.ts',
  'docs/internals/index.md: npm ci && npm test                            # everything; a few minutes':
    'runs this test',
  "docs/operations.md: npm install --global chatserv           # /usr/bin/chatserv, or change the unit's ExecStart and ExecReload":
    'changes the system; test/package/install.test.ts installs',
  'docs/operations.md: install -m 644 chatserv.socket chatserv-http.socket /etc/systemd/system/':
    'needs systemd and root',
  'docs/operations.md: docker build -f packaging/docker/Dockerfile -t chatserv .':
    'needs Docker; test/package/image.test.ts checks the image',
  'docs/plugins.md: chatserv new plugin roll': 'installs from the registry; test/package/install.test.ts does so',
  'docs/cluster.md: sudo apt-get install nats-server': 'changes the system; test/support/nats.ts starts a server',
  'docs/cluster.md: chatserv --processes auto': 'needs PostgreSQL and NATS; test/e2e/processes.test.ts starts several',
  'docs/cluster.md: cd packaging/cluster': 'needs Docker; test/package/compose.test.ts starts the services',
  'docs/cluster.md: docker compose run --rm --no-deps --user "$(id -u)" -v /srv/old:/old one migrate chatserv.config.json --config /old/chatserv.config.json':
    'needs Docker; test/cli/migrate.test.ts runs chatserv migrate',
  'docs/postgres.md: sudo apt-get install postgresql': 'changes the system; test/support/postgres.ts starts a server',
  'docs/postgres.md: chatserv migrate new.json --config old.json': 'test/cli/migrate.test.ts runs it',
  'docs/postgres.md: pg_dump --format=custom --schema=chatserv chatserv > chat.dump': 'needs a server of its own',
  'docs/terminal.md: chatserv connect alice@chat.example': 'asks at a terminal: test/terminal',
  'docs/transports.md: #!/bin/sh': 'a hook of certbot, which needs root',
  'templates/all/README.md: npm install': 'test/package/install.test.ts runs it in a new plugin',
};

const BLOCKS = globSync(['README.md', '{docs,examples,templates}/**/*.md'], { cwd: ROOT, exclude: ['docs/source/**'] })
  .flatMap(blocksIn)
  .filter(({ language }) => language === 'sh' || language === 'console');
const keyOf = ({ page, code }: Block) => `${page}: ${code.replace(/^\$ /, '').split('\n', 1)[0]}`;

test('every block that is not run exists', () => {
  const keys = new Set(BLOCKS.map(keyOf));
  expect(Object.keys(NOT_RUN).filter((key) => !keys.has(key))).toEqual([]);
});

describe('on a server', () => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram();
    await program.registers('alice', 'bob', 'robot');
    const shim = join(program.folder, 'chatserv');
    await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
    await chmod(shim, 0o755);
    for (const name of ['backups', 'elsewhere']) await mkdir(join(program.folder, name));
    const elsewhere = { plugins: { sqlite: { file: 'chat.db' } } };
    await writeFile(
      join(program.folder, 'elsewhere/chatserv.config.ts'),
      `export default ${JSON.stringify(elsewhere)};`,
    );
  });
  afterAll(() => program[Symbol.asyncDispose]());

  /** Names on the pages, and what stands for them here. */
  const here = (text: string) =>
    text
      .replaceAll(/\/(?=backups\/)|\/srv\/chat\//g, `${program.folder}/`)
      .replaceAll('chat.example', `127.0.0.1:${program.port}`)
      .replaceAll('CHATSERV_PASSWORD=...', `CHATSERV_PASSWORD=${PASSWORD}`);

  /** Runs a command in the server's folder. @returns what it wrote, and its exit code */
  function run(command: string): Promise<{ code: number; output: string }> {
    const { promise, resolve } = Promise.withResolvers<{ code: number; output: string }>();
    const { NODE_OPTIONS, CHATSERV_PASSWORD, ...rest } = process.env;
    const env = { ...rest, PATH: `${program.folder}:${rest.PATH}`, LOG_LEVEL: 'silent' };
    const child = execFile('sh', ['-ec', `{ ${here(command)}\n} 2>&1`], { cwd: program.folder, env }, (error, output) =>
      resolve({ code: error === null ? 0 : Number(error.code), output }),
    );
    child.stdin?.end();
    return promise;
  }

  const runnable = BLOCKS.filter((block) => !(keyOf(block) in NOT_RUN));

  test.each(runnable.filter(({ language }) => language === 'sh'))(
    'the commands at $page:$line run',
    async ({ code }) => {
      expect(await run(code)).toMatchObject({ code: 0 });
    },
  );

  test.each(runnable.filter(({ language }) => language === 'console'))(
    'the commands at $page:$line write what it shows',
    async ({ page, code }) => {
      // Files for its commands. The server has a config of its own.
      for (const { name, language, code: text } of blocksIn(page)) {
        if (language !== 'json' || name === undefined || name === 'chatserv.config.json') continue;
        await program.writes(name, text);
      }
      for (const step of code.split(/^\$ /m).slice(1)) {
        const [command = '', ...expected] = step.trimEnd().split('\n');
        const { output } = await run(command);
        expect(output.trimEnd()).toBe(here(expected.join('\n')));
      }
    },
  );
});
