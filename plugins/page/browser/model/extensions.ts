import { signal } from '@preact/signals';
import type { Answer } from 'chatserv/client';
import type { ComponentChild, h } from 'preact';
import { server } from './server.ts';

/** A later entry about one that a plugin shows, such as a vote in its poll. */
export interface PluginChange {
  readonly kind: string;
  readonly from: string;
  readonly data: unknown;
}

/** An entry that a plugin shows. */
export interface PluginEntry {
  readonly id: number | undefined;
  readonly from: string;
  readonly data: unknown;
  readonly changes: readonly PluginChange[];
}

/** What a plugin's script is given. */
export interface PluginTools {
  /** Creates an element: `h('button', { type: 'button', onClick }, 'Yes')`. */
  readonly h: typeof h;
  /** The user's name. */
  readonly me: string;
  /** Calls a command. If it is refused, the page says so, and the result is undefined. */
  readonly call: (command: string, values: Readonly<Record<string, unknown>>) => Promise<Answer | undefined>;
  /** The user has changed the entry: the server sends that to others only. */
  readonly changed: (kind: string, data: unknown) => void;
}

/** Shows entries of a kind. */
export type PluginView = (entry: PluginEntry, tools: PluginTools) => ComponentChild;

/** The views of plugins, by the kinds of entries. */
export const views = signal<ReadonlyMap<string, PluginView>>(new Map());

/** Loads the scripts of plugins. One that fails is left out. */
export async function loadExtensions(): Promise<void> {
  for (const address of server.scripts) {
    try {
      const { default: found } = (await import(/* @vite-ignore */ new URL(address, location.href).href)) as {
        readonly default: Readonly<Record<string, PluginView>>;
      };
      views.value = new Map([...views.value, ...Object.entries(found)]);
    } catch (cause) {
      console.error(`The script ${address} was not loaded:`, cause);
    }
  }
}
