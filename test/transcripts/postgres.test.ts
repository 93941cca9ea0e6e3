import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { playTranscript } from 'chatserv/testing';
import { describe, test } from 'vitest';
import { marks } from '../support/marks.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';

/**
 * Transcripts about what a store keeps, whose lines do not depend on how fast it is: a second device that still catches up
 * when its user joins a room is not sent the entry of kind `join`, whatever the store.
 */
const KEPT = 'coming-back,delete-account,devices,history,mentions,messages,offline-messages,reports,rooms-moderation';

describe.runIf(POSTGRES !== undefined)('with PostgreSQL', () => {
  const server = usePostgres();
  const files = globSync(`{${KEPT}}.txt`, { cwd: import.meta.dirname }).toSorted();

  test.each(files)('%s', async (name) => {
    const { now, ...postgres } = server.options();
    const file = join(server.folder, name);
    const store = `config: memory = false\nconfig: postgres = ${JSON.stringify(postgres)}\n`;
    writeFileSync(file, store + readFileSync(join(import.meta.dirname, name), 'utf8'));
    await playTranscript(file, { marks, memory: false });
  });
});
