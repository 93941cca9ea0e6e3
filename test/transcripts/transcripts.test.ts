import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playTranscript } from 'chatserv/testing';
import { afterAll, describe, test } from 'vitest';
import poll from '../../examples/poll.ts';
import { marks } from '../support/marks.ts';
import { broken, brokenDoor, oldName, order, unregister } from './plugins.ts';

const folder = mkdtempSync(join(tmpdir(), 'chatserv-transcripts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the transcripts' `config:` lines may name beside the standard plugins. */
const plugins = {
  broken,
  'broken-door': brokenDoor,
  'old-name': oldName,
  marks,
  order,
  poll,
  unregister,
  admin: { audit: join(folder, 'audit.log') },
};

describe.each(globSync('*.txt', { cwd: import.meta.dirname }).toSorted())('%s', (name) => {
  const file = join(import.meta.dirname, name);
  const [title = ''] = readFileSync(file, 'utf8').split('\n', 1);
  test(title.replace(/^# /, ''), () => playTranscript(file, plugins));
});
