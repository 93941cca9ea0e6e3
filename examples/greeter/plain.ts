import { definePlugin } from 'chatserv';
import { Greeter } from './greeter.ts';

export default definePlugin({
  name: 'greeter-plain',
  summary: 'Greets plainly',
  provides: { greeter: Greeter },
  setup: () => ({ provide: { greeter: { greeting: (name) => `hello, ${name}` } } }),
});
