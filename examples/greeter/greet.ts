import { defineCommand } from 'chatserv';
import { Greeter } from './greeter.ts';

/** Works with whichever plugin provides the service; without one the server says so and does not start. */
export default defineCommand({
  name: 'greet',
  summary: 'Greets you',
  needs: { greeter: Greeter },
  run: ({ account }, { greeter }) => greeter.greeting(account.name),
});
