import { setSetting, setting } from './keep.ts';

/** Whether the page is light or dark: as the device is, or as its user wants it. */
export type Theme = 'system' | 'light' | 'dark';

export function theme(): Theme {
  const kept = setting('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Shows a theme, and keeps the choice. */
export function setTheme(chosen: Theme): void {
  setSetting('theme', chosen);
  wear(chosen);
}

/** Shows the theme that was chosen. */
export function wear(chosen: Theme = theme()): void {
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  // The frame of the browser, where it takes the page's colour.
  for (const frame of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
    const { scheme } = frame.dataset;
    frame.media = chosen === 'system' ? `(prefers-color-scheme: ${scheme})` : scheme === chosen ? 'all' : 'not all';
  }
}
