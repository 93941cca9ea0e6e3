import { type Refusal, refuse } from 'chatserv';
import { isByInvitation, type KnownRoom } from './facts.ts';
import { type Action, LEAST_ROLE } from './policy.ts';

/** Why a request about a room is refused: docs/protocol.md lists the reasons. */

const TITLES = {
  reader: 'members',
  member: 'members',
  speaker: 'speakers, moderators and owners',
  moderator: 'moderators and owners',
  owner: 'owners',
} as const;

export function notMember(room: KnownRoom): Refusal {
  const { name, key } = room;
  const how = isByInvitation(room) ? '' : ` To join, type: join #${name}${key === '' ? '' : ' <key>'}`;
  return refuse('not-member', `You are not in #${name}.${how}`);
}

export function notAllowed(action: Action, { name }: KnownRoom): Refusal {
  return refuse('role', `Only ${TITLES[LEAST_ROLE[action]]} of #${name} may ${action}.`);
}

export function archived({ name }: KnownRoom): Refusal {
  return refuse('archived', `#${name} is archived.`);
}

export function banned({ name }: KnownRoom): Refusal {
  return refuse('banned', `You are banned from #${name}.`);
}

export function inviteOnly({ name }: KnownRoom): Refusal {
  return refuse('invite-only', `You need an invitation to join #${name}.`);
}

export function wrongKey({ name }: KnownRoom, key: string | undefined): Refusal {
  const sentence = key === undefined ? `You need a key: join #${name} <key>` : `That is not the key of #${name}.`;
  return refuse('key', sentence);
}

export function full({ name }: KnownRoom): Refusal {
  return refuse('room-full', `#${name} has as many members as it may have.`);
}

export function nameMuted({ name }: KnownRoom): Refusal {
  return refuse('muted', `You are muted in #${name}.`);
}

export function muted({ name }: KnownRoom, seconds: number): Refusal {
  return refuse('muted', `You are muted in #${name} for ${seconds} more seconds.`);
}

export function readOnly({ name }: KnownRoom): Refusal {
  return refuse('read-only', `You may read #${name}, but not post in it.`);
}

export function slow({ name, slow: seconds }: KnownRoom, wait: number): Refusal {
  return refuse('slow', `#${name} takes one message per ${seconds} s from each member. Try again in ${wait} s.`);
}

export function noUser(name: string): Refusal {
  return refuse('user', `There is no user '${name}'.`);
}

export function notInRoom(user: string, { name }: KnownRoom): Refusal {
  return refuse('user', `${user} is not in #${name}.`);
}

export function alreadyIn(user: string, { name }: KnownRoom): Refusal {
  return refuse('member', `${user} is in #${name} already.`);
}

export function self(): Refusal {
  return refuse('self', 'You cannot do that to yourself.');
}

export function taken(name: string): Refusal {
  return refuse('taken', `There is a room with that name, or one that looks like #${name}.`);
}

export function declared({ name }: KnownRoom): Refusal {
  return refuse('declared', `The config of the server sets this for #${name}.`);
}

export function lastOwner({ name }: KnownRoom): Refusal {
  return refuse('last-owner', `Make someone else an owner first: room-role #${name} <user> owner`);
}
