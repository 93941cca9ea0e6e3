import { defineConfig } from 'chatserv';

/** The standard set with this store in the place of its own: `npm start` serves it, and takes in each edit. */
export default defineConfig({
  plugins: { sqlite: false, './plugin.ts': true },
});
