import { defineConfig } from 'chatserv';

/** The standard set, and this plugin: `npm start` serves it, and takes in each edit. */
export default defineConfig({
  plugins: { './plugin.ts': true },
});
