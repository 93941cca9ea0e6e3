import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';

/** What the suite asks of a server that is no other than chatserv. */
const SELECTION = 'not implementation-specific and not deprecated and not strict';

const [suite, ...args] = process.argv.slice(2);
if (suite === undefined) {
  console.error('Usage: npm run irctest -- PATH-OF-IRCTEST [arguments of pytest, such as -k JoinTestCase]');
  process.exit(2);
}
const folder = resolve(suite);
const selected = ['-m', SELECTION, '--timeout', '60', '-rfEs', '--tb', 'short'];
const python = spawn('python3', ['-m', 'pytest', '--controller', 'controller', ...selected, ...args], {
  cwd: folder,
  stdio: 'inherit',
  env: { ...process.env, PYTHONPATH: [folder, import.meta.dirname].join(delimiter) },
});
python.once('error', (cause) => {
  console.error(`python3 cannot be run: ${cause.message}`);
  process.exitCode = 2;
});
python.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
