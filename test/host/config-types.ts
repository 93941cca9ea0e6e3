/** What the types of a config let through, and what not: checked by the compiler, never run. */
import { defineConfig } from 'chatserv';

declare module 'chatserv' {
  interface PluginOptions {
    'chatserv-plugin-weather': { readonly city: string };
  }
}

export const right = defineConfig({
  plugins: {
    lockout: { attempts: 5 },
    registration: false,
    './roll.ts': { sides: 20 },
    'chatserv-plugin-weather': { city: 'Ulm' },
    'chatserv-plugin-unheard-of': { anything: true },
  },
});

export const wrong = [
  // @ts-expect-error an option that does not exist
  defineConfig({ plugins: { lockout: { attemps: 5 } } }),
  // @ts-expect-error an option of another type
  defineConfig({ plugins: { lockout: { attempts: 'five' } } }),
  // @ts-expect-error a plugin that does not exist
  defineConfig({ plugins: { lokout: true } }),
  // @ts-expect-error an option that a plugin of the user's does not have
  defineConfig({ plugins: { 'chatserv-plugin-weather': { town: 'Ulm' } } }),
];
