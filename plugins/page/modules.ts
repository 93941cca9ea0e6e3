import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { basename, dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Matches the module name in an import or export that starts a line. */
const SPECIFIER = /^((?:import\s*|(?:import|export)\b[^'";]*?\bfrom\s*)(['"]))([^'"\n]+)(?=\2)/gm;

/**
 * The modules that a browser needs to run one of them, as JavaScript, by the names they are served under. All are
 * served from one folder and import each other by these names.
 * @param main the file of the first module; the others are its imports, and theirs
 * @param resolve returns the URL of the file that a package name imports
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

/** Strips the types of TypeScript and keeps its lines. Suppresses Node's warning that this is experimental. */
function withoutTypes(code: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(code);
  } finally {
    process.emitWarning = emitWarning;
  }
}
