import type { Client } from '../client.ts';
import type { DraftMessage } from '../wire/message.ts';

/**
 * Puts lines into a batch (IRCv3 `batch`), or returns them as they are to a client without batches. Lines that are in a
 * batch within it stay there.
 */
export function batchLines(
  client: Client,
  type: string,
  params: readonly string[],
  lines: readonly DraftMessage[],
): DraftMessage[] {
  if (!client.has('batch')) return [...lines];
  const batch = client.nextBatch();
  const within = lines.map((line) => {
    const isWithin = line.tags?.has('batch') || (line.command === 'BATCH' && line.params?.[0]?.startsWith('-'));
    return isWithin ? line : { ...line, tags: new Map([['batch', batch], ...(line.tags ?? [])]) };
  });
  return [
    { command: 'BATCH', params: [`+${batch}`, type, ...params] },
    ...within,
    { command: 'BATCH', params: [`-${batch}`] },
  ];
}
