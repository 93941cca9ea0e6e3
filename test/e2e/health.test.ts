import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { startProgram } from '../support/program.ts';

test('chatserv health exits with 0 where the server works, and says why where it does not', {
  timeout: 60_000,
}, async () => {
  // A plugin that never lets go of the store's place in line stands for a store that is stuck.
  const stuck = `
import { Accounts, defineCommand } from 'chatserv';
export default defineCommand({
  name: 'stick', summary: 'Has the store stick', needs: { accounts: Accounts },
  run(_call, { accounts }) { accounts.find = () => new Promise(() => {}); return 'stuck'; },
});
`;
  await using program = await startProgram(
    { plugins: { './stuck.ts': true, health: { storeTime: 0.2 } } },
    { files: { 'stuck.ts': stuck } },
  );
  await using folder = await Folder.with({});
  const health = () => folder.runs(['health', '--config', program.configFile]);
  const alice = await program.joins('alice');
  expect(await health()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ready\n {2}server +well\n/) });
  expect(await alice.asks('stick')).toBe('stuck');
  expect(await health()).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^not ready\n.* {2}store +it has not answered within 0.2 s\n/s),
  });
  program.signals('SIGSTOP');
  expect(await health()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/did not answer \(no answer within/),
  });
  program.signals('SIGCONT');
  await program.stop();
  expect(await health()).toMatchObject({ code: 2, stderr: expect.stringMatching(/^chatserv: No server answers at /) });
});
