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
  applyTheme(chosen);
}

/** Applies the stored theme. */
export function applyTheme(chosen: Theme = theme()): void {
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  // The browser's own frame, if it takes the page's colour.
  for (const frame of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
    const { scheme } = frame.dataset;
    frame.media = chosen === 'system' ? `(prefers-color-scheme: ${scheme})` : scheme === chosen ? 'all' : 'not all';
  }
}

/** How close messages are to each other. */
export type Density = 'compact' | 'roomy';

export function density(): Density {
  return setting('density') === 'roomy' ? 'roomy' : 'compact';
}

/** Applies a density and stores the choice. */
export function setDensity(chosen: Density): void {
  setSetting('density', chosen);
  applyDensity(chosen);
}

/** Applies the stored density. */
export function applyDensity(chosen: Density = density()): void {
  document.documentElement.dataset.density = chosen;
}
