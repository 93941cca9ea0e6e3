import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { basename, dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What stands between quotes in an import or export of a whole line or more. */
const SPECIFIER = /^((?:import\s*|(?:import|export)\b[^'";]*?\bfrom\s*)(['"]))([^'"\n]+)(?=\2)/gm;

/**
 * The modules that a browser needs for one of them, as JavaScript, by the names they are served under. Those are all
 * in one folder, and import each other by these names.
 * @param main the file of the first one; the others are what it imports, and what those import
 * @param resolve gives the file's URL of what is imported by the name of a package
 * @throws when an import cannot be followed
 */
export function browserModules(main: URL, resolve: (name: string) => string): Map<string, string> {
  const folder = new URL('.', main).href;
  const modules = new Map<string, string>();
  const named = new Map<string, string>();

  function nameOf(url: string): string {
    const known = named.get(url);
    if (known !== undefined) return known;
    const path = fileURLToPath(url);
    const base = basename(path, extname(path));
    const name = `${url.startsWith(folder) ? '' : `${basename(dirname(path))}-`}${base}.js`;
    named.set(url, name);
    const code = readFileSync(path, 'utf8');
    const script = path.endsWith('.ts') ? withoutTypes(code) : code;
    modules.set(
      name,
      script.replace(SPECIFIER, (_all, before: string, _quote: string, specifier: string) => {
        const isFile = specifier.startsWith('.');
        return `${before}./${nameOf(isFile ? new URL(specifier, url).href : resolve(specifier))}`;
      }),
    );
    return name;
  }

  nameOf(main.href);
  return modules;
}

/** TypeScript as JavaScript, on the same lines. Node warns that this may change, which is nothing to a user. */
function withoutTypes(code: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(code);
  } finally {
    process.emitWarning = emitWarning;
  }
}
