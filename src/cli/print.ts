import { visible } from '../logging/unseen.ts';

/** Prints text that may contain what others wrote (names, configs, plugins' words), with invisible characters spelt out. */
export function print(text: string): void {
  process.stdout.write(visibleLines(text));
}

/** Prints to standard error, as `print` does. */
export function complain(text: string): void {
  process.stderr.write(visibleLines(text));
}

function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
