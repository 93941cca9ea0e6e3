import { visible } from '../kernel/unseen.ts';

/** Prints text that may hold what others wrote: names, a config, the words of plugins. Nothing in it commands a terminal. */
export function print(text: string): void {
  process.stdout.write(visibleLines(text));
}

/** Says what is wrong, as `print` does, on standard error. */
export function complain(text: string): void {
  process.stderr.write(visibleLines(text));
}

function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
