import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };

/** What comes with chatserv when a user installs it. */
const installed = Object.entries(lock.packages).filter(([path, { dev, devOptional }]) => path && !dev && !devOptional);

test('what a user installs is what package.json asks for and little more', () => {
  const names = installed.map(([path]) => path.replace(/^.*node_modules\//, ''));
  for (const name of Object.keys(dependencies)) expect(names).toContain(name);
  expect(installed.length).toBeLessThan(65);
});

test('nothing that a user installs runs a script', () => {
  expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual([]);
});

test('every package is held to its content, and to no place that it comes from', () => {
  for (const [path, { integrity }] of installed) expect(integrity, path).toMatch(/^sha512-/);
  for (const [path, { resolved }] of Object.entries(lock.packages)) expect(resolved, path).toBeUndefined();
});

test('every dependency has its reason', () => {
  const rows = read('docs/decisions/dependencies.md')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|')[1]?.trim() ?? '');
  for (const name of Object.keys(dependencies)) expect(rows.flatMap((row) => row.split(', '))).toContain(name);
});
