import { definePlugin, token } from 'chatserv';

/** The service for other plugins: they import `Logins` from this file and list it in their `needs`. */
export interface Logins {
  /** How often a user has logged in since the server started. */
  of(name: string): number;
}

export const Logins = token<Logins>('example');

export default definePlugin({
  name: 'example',
  summary: 'Counts how often each user logs in',
  provides: { logins: Logins },
  setup({ hotState }) {
    // What `keep` holds survives a reload.
    const counts = hotState('counts', () => new Map<string, number>());
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
