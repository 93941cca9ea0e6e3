import { defineCommand } from 'chatserv';
import { Greeter } from './greeter.ts';

/** Works with any plugin that provides the service. Without one, the server reports that and does not start. */
export default defineCommand({
  name: 'greet',
  summary: 'Greets you',
  needs: { greeter: Greeter },
  run: ({ account }, { greeter }) => greeter.greeting(account.name),
});
