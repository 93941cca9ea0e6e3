/** What the package `chatserv` exports: its API, with the options of the standard plugins in the types of a config. */
import './plugins/standard.ts';

export * from './src/index.ts';
