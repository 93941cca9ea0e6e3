import { nameKey } from 'chatserv';
import type { Call } from '../call.ts';
import { CHANSERV } from './chanserv.ts';
import { NICKSERV } from './nickserv.ts';
import { type ServiceCommand, ServiceRequest } from './service.ts';

/** The services that people expect on IRC: aliases of the server's own commands. */
const SERVICES: ReadonlyMap<
  string,
  { readonly name: string; readonly commands: Readonly<Record<string, ServiceCommand>> }
> = new Map([
  ['nickserv', { name: 'NickServ', commands: NICKSERV }],
  ['chanserv', { name: 'ChanServ', commands: CHANSERV }],
]);

/** Whether a nick is that of a service, which no user can have. */
export function isService(nick: string): boolean {
  return SERVICES.has(nameKey(nick));
}

/** Answers a message to a service. */
export async function askService(call: Call, nick: string, text: string): Promise<void> {
  const service = SERVICES.get(nameKey(nick));
  if (service === undefined) return;
  const { name, commands } = service;
  const [word = 'HELP', ...words] = text.split(' ').filter((part) => part !== '');
  const request = new ServiceRequest(call, name, words);
  const key = word.toUpperCase();
  const command = Object.hasOwn(commands, key) ? commands[key] : undefined;
  if (key === 'HELP') return help(request, name, commands);
  if (command === undefined) return request.say(`There is no command ${key}. Ask for HELP.`);
  if (words.length < command.least) return request.say(`Usage: ${key} ${command.form}`);
  await command.run(request);
}

function help(request: ServiceRequest, name: string, commands: Readonly<Record<string, ServiceCommand>>): void {
  request.say(`${name} knows these commands:`);
  for (const [word, { form, about }] of Object.entries(commands)) {
    request.say(`${form === '' ? word : `${word} ${form}`}: ${about}`);
  }
}
