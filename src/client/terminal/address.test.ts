import { describe, expect, test } from 'vitest';
import { addressOf, addressText } from './address.ts';

describe('an address', () => {
  test.each([
    ['localhost', undefined, 'localhost:4119'],
    ['alice@chat.example:5000', 'alice', 'chat.example:5000'],
    ['a@b@host', 'a@b', 'host:4119'],
    ['[::1]:4120', undefined, '[::1]:4120'],
    ['alice@::1', 'alice', '[::1]:4119'],
    ['alice@unix:/run/chat', 'alice', 'unix:/run/chat'],
  ])('%s', (text, user, place) => {
    const address = addressOf(text, 4119);
    expect(address?.user).toBe(user);
    expect(address && addressText(address)).toBe(place);
  });

  test.each(['', 'alice@', 'host:', 'host:port', 'host:70000', '[::1', 'a b', 'unix:'])('is not %j', (text) => {
    expect(addressOf(text, 4119)).toBeUndefined();
  });
});
