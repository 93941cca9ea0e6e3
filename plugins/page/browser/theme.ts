import { setSetting, setting } from './keep.ts';

/** The theme of the page: the device's, light or dark. */
export type Theme = 'system' | 'light' | 'dark';

export function theme(): Theme {
  const kept = setting('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Applies a theme and stores the choice. */
export function setTheme(chosen: Theme): void {
  setSetting('theme', chosen);
  wear(chosen);
}

/** Applies the stored theme. */
export function wear(chosen: Theme = theme()): void {
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  // The browser's own frame, if it takes the page's colour.
  for (const frame of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
    const { scheme } = frame.dataset;
    frame.media = chosen === 'system' ? `(prefers-color-scheme: ${scheme})` : scheme === chosen ? 'all' : 'not all';
  }
}
