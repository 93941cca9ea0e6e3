import { Keep } from './keep.ts';
import { Page } from './page.ts';
import { wear } from './theme.ts';

wear();
const page = new Page(new URL(document.documentElement.dataset.socket ?? 'ws', location.href));
page.open(Keep.load());
