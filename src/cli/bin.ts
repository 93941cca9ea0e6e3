#!/usr/bin/env node
// Imports nothing before the check: an older Node could not even read the rest.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `chatserv needs Node.js 24 or newer; this is ${process.versions.node}. To install one beside it: npm install node@24, then npx chatserv.\n`,
  );
  process.exit(2);
}
// Node would open a debugger, in which any user of the machine could run code.
process.on('SIGUSR1', () => {});
const { cacheCompiledCode } = await import('./compile-cache.ts');
cacheCompiledCode();
const { exit, exitNow, watchExit } = await import('./exit.ts');
watchExit();
const { registerModuleHooks } = await import('../host/self.ts');
registerModuleHooks();
const { main } = await import('./main.ts');
try {
  await main(process.argv.slice(2));
} catch (thrown) {
  // A bug in this program.
  console.error(thrown);
  exitNow(1);
}
await exit();

export {};
