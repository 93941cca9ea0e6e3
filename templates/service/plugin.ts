import { definePlugin, token } from 'chatserv';

/** What other plugins may ask of this one: they import this file's `Logins` and put it into their `needs`. */
export interface Logins {
  /** How often a user has logged in since the server started. */
  of(name: string): number;
}

export const Logins = token<Logins>('example');

export default definePlugin({
  name: 'example',
  summary: 'Counts how often each user logs in',
  provides: { logins: Logins },
  setup({ keep }) {
    // What is kept is still there after a reload.
    const counts = keep('counts', () => new Map<string, number>());
    return {
      provide: { logins: { of: (name) => counts.get(name) ?? 0 } },
      hooks: {
        async onLogin({ account }) {
          if (account) counts.set(account.name, (counts.get(account.name) ?? 0) + 1);
        },
      },
    };
  },
});
