import { definePlugin, z } from 'chatserv';
import { Directory } from './directory.ts';

/** Stands in for a directory where there is none: its people stand in the config. */
export default definePlugin({
  name: 'directory-stub',
  summary: 'A directory of people whose passwords stand in the config, for trying things out',
  options: z.strictObject({ people: z.record(z.string(), z.string()).default({}).describe('Passwords by name') }),
  provides: { directory: Directory },
  setup: ({ options: { people } }) => ({
    provide: {
      directory: {
        knows: async (name) => Object.hasOwn(people, name),
        bind: async (name, secret) => Object.hasOwn(people, name) && people[name] === secret,
      },
    },
  }),
});
