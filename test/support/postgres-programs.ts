import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of PostgreSQL's programs, Debian's of the newest version; undefined where there is none. */
export const POSTGRES: string | undefined = globSync('/usr/lib/postgresql/*/bin')
  .filter((folder) => existsSync(join(folder, 'initdb')))
  .sort((a, b) => Number(a.split('/')[4]) - Number(b.split('/')[4]))
  .at(-1);
