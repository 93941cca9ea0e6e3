import { defineConfig } from 'chatserv';

/** The standard set and this plugin. `npm start` runs it and reloads it after each edit. */
export default defineConfig({
  plugins: { './plugin.ts': true },
});
