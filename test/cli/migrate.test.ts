import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Accounts } from 'chatserv';
import { type JsonClient, PASSWORD, startServer } from 'chatserv/testing';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { startProgram } from '../support/program.ts';

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

/** How long several command lines may take on a busy machine, in milliseconds. */
const MANY = { timeout: 120_000 };

/** Only stores differ between the servers of a test. */
const PLUGINS = { memory: false, admin: true };

/** What a user needs to go on where she was. */
interface Left {
  readonly token: string;
  /** Ids of messages: in the room, one that mentions bob, and one that was sent under a key. */
  readonly lab: number;
  readonly mention: number;
  readonly keyed: number;
}

/** Awaits the answer to a request, past what is pushed meanwhile. @returns the id of the message that it sent, if any */
async function answerTo(client: JsonClient): Promise<number> {
  for (;;) {
    const event = await client.next('an answer');
    if (event.type === 'error') throw new Error(JSON.stringify(event));
    if (event.type === 'answer') return (event.facts as { id?: number } | undefined)?.id ?? 0;
  }
}

/** Fills a store with a bit of everything: bob is away, with unread messages; carol is banned. */
async function fill(plugins: object): Promise<Left> {
  await using server = await startServer({ ...PLUGINS, ...plugins });
  const bob = await server.joins('bob');
  await server.registers('carol');
  await server.registers('alice');
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.setRoles((await accounts.find('alice'))?.id ?? 0, ['admin']);
  const alice = server.connectJson();
  const token = await alice.logsIn('alice', PASSWORD, 'phone');
  const runs = async (text: string) => {
    const [name = '', ...rest] = text.split(' ');
    alice.says({ type: 'command', name, text: rest.join(' ') });
    return answerTo(alice);
  };
  await runs('create #lab');
  await runs('create #attic');
  await runs('topic #lab tea at four');
  expect(await bob.asks('join #lab')).toBe('joined:#lab');
  expect(await bob.asks('ignore carol')).toMatch(/^ignored/);
  await bob.logsOut();
  await runs('room-role #lab bob moderator');
  await runs('room-ban #lab carol');
  alice.says({ type: 'message', to: '#lab', text: 'when is tea?' });
  const lab = await answerTo(alice);
  alice.says({ type: 'message', to: '#lab', text: 'at four', reply: lab });
  await answerTo(alice);
  alice.says({ type: 'message', to: '#lab', text: '@bob are you coming?' });
  const mention = await answerTo(alice);
  alice.says({ type: 'message', to: '#lab', text: 'the code is 1234' });
  await runs(`delete ${await answerTo(alice)}`);
  alice.says({ type: 'message', to: ['bob'], text: 'bring the pot', key: 'k-1' });
  const keyed = await answerTo(alice);
  await runs(`edit ${keyed} bring the tea pot`);
  await runs(`react ${keyed} 👍`);
  await runs('notify #lab all');
  await runs(`read #lab ${lab}`);
  await runs('ban carol 7d');
  return { token, lab, mention, keyed };
}

/** Goes on with a store that `fill` filled: nothing is lost, nothing comes twice, and ids are what they were. */
async function goesOn(plugins: object, { token, lab, mention, keyed }: Left): Promise<void> {
  await using server = await startServer({ ...PLUGINS, ...plugins });
  const alice = server.connectJson();
  await alice.resumes(token);
  alice.says({ type: 'message', to: ['bob'], text: 'bring the pot', key: 'k-1', again: true });
  expect(await answerTo(alice)).toBe(keyed);
  const bob = server.connectJson();
  await bob.logsIn('bob', PASSWORD);
  const seen: unknown[] = [];
  for (let last = 0; last < keyed; ) {
    const event = await bob.next();
    if (event.type !== 'message') continue;
    seen.push(event.text);
    last = event.id;
    if (event.id === mention) expect(event).toMatchObject({ mentions: ['bob'] });
    if (event.id > lab && event.id < mention) expect(event).toMatchObject({ reply: lab });
  }
  expect(seen).toEqual(['when is tea?', 'at four', '@bob are you coming?', 'bring the pot']);
  expect(bob.unread).toMatchObject({ rooms: 2, unread: 5, mentions: 1 });
  const carol = server.connect();
  expect(await carol.asks('carol')).toMatch(/^blocked:/);
}

describe.runIf(POSTGRES !== undefined)('chatserv migrate', () => {
  const postgres = usePostgres();

  /** A folder with a config for each store: `old.json`, `back.json` and `imported.json` for SQLite files, `new.json` for PostgreSQL. */
  async function stores() {
    const { now, ...options } = postgres.options();
    const config = (plugins: object) => JSON.stringify({ plugins });
    const folder = await Folder.with({
      'old.json': config({ sqlite: { file: 'old.db' } }),
      'imported.json': config({ sqlite: { file: 'imported.db' } }),
      'back.json': config({ sqlite: { file: 'back.db' } }),
      'new.json': config({ sqlite: false, postgres: options }),
    });
    return { folder, options, old: { sqlite: { file: join(folder.path, 'old.db') } } };
  }

  const migrates = (folder: Folder, from: string, to: string) => folder.runs(['migrate', to, '--config', from]);

  /** The lines of a store's archive. */
  async function archiveOf(folder: Folder, config: string): Promise<unknown[]> {
    const { stdout } = await folder.runs(['export', '--config', config]);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }

  test('users go on where they were, and the way back gives the same store again', MANY, async () => {
    const { folder, options, old } = await stores();
    await using _ = folder;
    const left = await fill(old);
    const before = await archiveOf(folder, 'old.json');
    expect(await migrates(folder, 'old.json', 'new.json')).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^Copied and compared: users 3, rooms 4, log entries \d\d, message keys 1, plugin values \d+\.\n$/,
      ),
      stderr: '',
    });
    expect(await archiveOf(folder, 'old.json')).toEqual(before);
    expect((await migrates(folder, 'new.json', 'back.json')).code).toBe(0);
    expect(await archiveOf(folder, 'back.json')).toEqual(before);
    // As long as an archive has everything, a digest of its lines has.
    expect((await folder.runs(['export', 'all.jsonl', '--config', 'new.json'])).code).toBe(0);
    expect((await folder.runs(['import', 'all.jsonl', '--config', 'imported.json'])).code).toBe(0);
    expect(await archiveOf(folder, 'imported.json')).toEqual(before);
    await goesOn({ postgres: options }, left);
    await goesOn({ sqlite: { file: join(folder.path, 'back.db') } }, left);
  });

  test('killed halfway and run again, it copies everything once', MANY, async () => {
    const { folder, options, old } = await stores();
    await using _ = folder;
    await fill(old);
    const before = await archiveOf(folder, 'old.json');
    // Creates the tables.
    await folder.runs(['user', 'list', '--config', 'new.json']);
    await postgres.query(`
      SET search_path = ${options.schema};
      CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;
      CREATE TRIGGER wait BEFORE INSERT ON entry FOR EACH STATEMENT EXECUTE FUNCTION wait()`);
    const gate = new pg.Client({ connectionString: postgres.url });
    await gate.connect();
    await gate.query('SELECT pg_advisory_lock(1)');
    const child = spawn(process.execPath, [BIN, 'migrate', 'new.json', '--config', 'old.json'], {
      cwd: folder.path,
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory'";
    await expect.poll(async () => (await postgres.query(waiting)).length, { timeout: 15_000 }).toBe(1);
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    await gate.end();
    expect((await folder.runs(['export', '--config', 'new.json'])).stderr).toMatch(/has no account/);
    expect((await migrates(folder, 'old.json', 'new.json')).code).toBe(0);
    expect(await archiveOf(folder, 'new.json')).toEqual(before);
    // As after a kill while it compared.
    expect(await migrates(folder, 'old.json', 'new.json')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^The store of \S*new\.json has the same contents: users 3,/),
    });
  });

  test('a store that is in use, or has other contents, is refused and left alone', MANY, async () => {
    const { folder, options, old } = await stores();
    await using _ = folder;
    await using program = await startProgram();
    await program.joins('dora');
    expect(await migrates(folder, program.configFile, 'new.json')).toEqual({
      code: 2,
      stdout: '',
      stderr: `chatserv: A server is running with ${program.configFile}: stop it before you copy its store.\n`,
    });
    expect(await migrates(folder, 'old.json', program.configFile)).toMatchObject({
      code: 2,
      stderr: `chatserv: A server is running with ${program.configFile}: stop it before you copy into its store.\n`,
    });
    await program.stop();
    expect(await migrates(folder, 'old.json', 'new.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^chatserv: The store of \S*old\.json has no account: name the config/),
    });
    await fill(old);
    expect((await migrates(folder, 'old.json', 'new.json')).code).toBe(0);
    const before = await archiveOf(folder, 'new.json');
    expect(await migrates(folder, program.configFile, 'new.json')).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^chatserv: The store of \S*new\.json is not empty, and differs from that of \S+ \(users: 1 and 3, .*last ids\): a store can only be copied into a new one\.\n$/,
      ),
    });
    expect(await archiveOf(folder, 'new.json')).toEqual(before);
    expect(await migrates(folder, 'new.json', 'new.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/new\.json and \S*new\.json use the same store\.\n$/),
    });
    await postgres.query(`UPDATE ${options.schema}.entry SET body = 'at five' WHERE body = 'at four'`);
    expect(await migrates(folder, 'old.json', 'new.json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('(log entries)'),
    });
  });
});
