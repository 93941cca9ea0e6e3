import { deviceNameOf } from 'chatserv';
import { describe, expect, test } from 'vitest';
import { terminalDevice } from './terminal-device.ts';

describe('the device of a terminal', () => {
  test.each([
    ['desk', 'terminal-desk'],
    ['Desk.local', 'terminal-desk'],
    ['büro 3', 'terminal-büro-3'],
    ['', 'terminal'],
    ['x'.repeat(70), `terminal-${'x'.repeat(40)}`],
    ['\u{20000}'.repeat(70), `terminal-${'\u{20000}'.repeat(40)}`],
    ["Ann's MacBook", 'terminal-ann-s-macbook'],
  ])('on %j is %s, which a device can be called', (host, name) => {
    expect(terminalDevice(host)).toEqual({ name, numbered: true });
    expect(deviceNameOf(`${name}-4`)).toBe(`${name}-4`);
  });
});
