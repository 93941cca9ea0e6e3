import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, matchesGlob, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startProgram } from '../support/program.ts';

const DOCKERFILE = 'packaging/docker/Dockerfile';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFile(join(ROOT, file), 'utf8');
const git = (...words: string[]) => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trimEnd().split('\n');

/** What the build stage of the Dockerfile makes: the context that its Dockerfile.dockerignore lets in, built, with what production needs. */
async function build(to: string): Promise<void> {
  const lines = (await read(`${DOCKERFILE}.dockerignore`)).trimEnd().split('\n');
  const letIn = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const keptOut = lines.filter((line) => !line.startsWith('!') && line !== '*');
  for (const file of git('ls-files', '--cached', '--others', '--exclude-standard')) {
    const goesIn = letIn.some((one) => file === one || file.startsWith(`${one}/`) || matchesGlob(file, one));
    if (!goesIn || keptOut.some((one) => matchesGlob(file, one))) continue;
    await mkdir(join(to, dirname(file)), { recursive: true });
    await cp(join(ROOT, file), join(to, file));
  }
  await symlink(join(ROOT, 'node_modules'), join(to, 'node_modules'));
  execFileSync('npm', ['run', 'build'], { cwd: to });
  await rm(join(to, 'node_modules'));
  const packages = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: ROOT, encoding: 'utf8' });
  for (const one of packages.trimEnd().split('\n').slice(1)) {
    await cp(one, join(to, relative(ROOT, one)), { recursive: true });
  }
}

test('what the Dockerfile copies into its image starts and serves', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chatserv-image-'));
  try {
    const [built, image] = [join(folder, 'build'), join(folder, 'image')];
    await build(built);
    const dockerfile = await read(DOCKERFILE);
    for (const [, words = ''] of dockerfile.matchAll(/^COPY --from=build (.+)$/gm)) {
      const from = words.split(' ');
      const to = join(image, from.pop() ?? '');
      for (const one of from) {
        const target = one.includes('node_modules') || !to.endsWith('/') ? to : join(to, basename(one));
        await mkdir(dirname(target), { recursive: true });
        await cp(join(built, relative('/build', one)), target, { recursive: true });
      }
    }
    const bin = join(image, 'opt/chatserv/dist/src/cli/bin.js');
    const { plugins } = JSON.parse(await readFile(join(image, 'srv/chatserv/chatserv.config.json'), 'utf8'));
    expect(plugins).toMatchObject({ tcp: { host: '0.0.0.0' }, http: { host: '0.0.0.0' } });
    await using program = await startProgram({ plugins: { http: { port: 0 } } }, { bin });
    const alice = await program.joins('alice');
    expect(await alice.asks('who')).toBe('alice');
    const [, check = ''] = dockerfile.match(/^HEALTHCHECK .* CMD (.*)$/m) ?? [];
    const [name, ...args] = JSON.parse(check) as string[];
    expect(name).toBe('chatserv');
    expect(
      execFileSync(process.execPath, [bin, ...args, '--config', program.configFile], { encoding: 'utf8' }),
    ).toMatch(/^ready\n/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
