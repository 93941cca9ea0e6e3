import { type Refusal, refuse } from 'chatserv';

/** Why a message is not changed: docs/protocol.md lists the reasons. */

export function notAuthor(action: 'edit' | 'delete'): Refusal {
  return refuse('not-author', `You cannot ${action} what others wrote.`);
}

export function tooLate(action: 'edit' | 'delete'): Refusal {
  return refuse('too-late', `That message is too old to ${action} it.`);
}

export function noLastMessage(): Refusal {
  return refuse('no-message', 'Your last message is unknown: give its id, which history shows.');
}
