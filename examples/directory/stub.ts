import { definePlugin, z } from 'chatserv';
import { Directory } from './directory.ts';

/** A stand-in for a directory: its people are listed in the config. */
export default definePlugin({
  name: 'directory-stub',
  summary: 'A directory whose people and passwords are in the config, for experiments',
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
