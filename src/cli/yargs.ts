import { registerHooks } from 'node:module';
import type { Argv } from 'yargs';

/** Stands in for the package string-width: help is ASCII. */
const TEXT_WIDTH = 'data:text/javascript,export default (text) => text.length';

/** string-width makes an `Intl.Segmenter` when it is loaded, and yargs loads it twice: a third of the time of `--version`. */
const hooks = registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'string-width' ? { url: TEXT_WIDTH, shortCircuit: true } : next(specifier, context),
});

const { default: program } = await import('yargs');

export const yargs: () => Argv = program;

hooks.deregister();
