import { expect, test } from 'vitest';
import { handedOver } from '../../src/sdk/handed-over.ts';

test.each<[string, Record<string, string>, Record<string, number[]>]>([
  ['nothing', {}, {}],
  ['one by name', { LISTEN_PID: '7', LISTEN_FDS: '1', LISTEN_FDNAMES: 'tcp' }, { tcp: [3] }],
  ['two by name', { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'tcp:http' }, { tcp: [3], http: [4] }],
  ['two of one name', { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'tcp:tcp' }, { tcp: [3, 4] }],
  ['without names', { LISTEN_PID: '7', LISTEN_FDS: '2' }, { unknown: [3, 4] }],
  ['fewer names', { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'tcp' }, { tcp: [3], unknown: [4] }],
  ['for another process', { LISTEN_PID: '8', LISTEN_FDS: '1', LISTEN_FDNAMES: 'tcp' }, {}],
  ['for nobody', { LISTEN_FDS: '1', LISTEN_FDNAMES: 'tcp' }, {}],
  ['nonsense', { LISTEN_PID: '7', LISTEN_FDS: 'many', LISTEN_FDNAMES: 'tcp' }, {}],
])('%s', (_what, environment, found) => {
  expect(Object.fromEntries(handedOver(environment, 7))).toEqual(found);
});
