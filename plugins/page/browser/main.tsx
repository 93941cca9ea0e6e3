import './styles/index.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { loadExtensions, views } from './model/extensions.ts';
import { Keep } from './model/keep.ts';
import { applyDensity, applyTheme } from './model/look.ts';
import { Page } from './model/page.ts';
import { moderationViews } from './talk/moderation-views.tsx';
import { keepFocus } from './ui/keep-focus.ts';

views.value = new Map(Object.entries(moderationViews));
void loadExtensions();
applyTheme();
applyDensity();
const page = new Page();
page.open(Keep.load());
const root = document.getElementById('page');
if (root !== null) {
  keepFocus(root);
  render(<App page={page} />, root);
}
