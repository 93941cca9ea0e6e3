/** Builds the files of the web page that browsers load: `npm run build:page`, and with every `npm ci` as `prepare`. */
import { fileURLToPath } from 'node:url';

const vite = await import('vite').catch((cause: NodeJS.ErrnoException) => {
  if (cause.code !== 'ERR_MODULE_NOT_FOUND') throw cause;
});
if (vite === undefined) {
  process.stderr.write('The web page was not built: that takes the development dependencies (npm ci).\n');
} else {
  await vite.build({
    configFile: fileURLToPath(new URL('../plugins/page/vite.config.ts', import.meta.url)),
    logLevel: 'warn',
  });
}
