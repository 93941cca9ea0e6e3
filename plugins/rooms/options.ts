import { z } from 'chatserv';
import { ACCESS, KEY, POSTING, TOPICS } from './facts.ts';
import { nameProblem } from './names.ts';

/** The longest name that nameObjection allows, in characters. */
const NAME_LENGTH = 32;

/** Why the config may not declare a room of this name. */
function declaredNameProblem(name: string): string | undefined {
  return name.startsWith('#') ? nameProblem(name.slice(1), NAME_LENGTH) : "The name of a room begins with '#'.";
}

const declaredRoom = z.strictObject({
  topic: z.string().optional().describe('What it is about'),
  access: z
    .enum(ACCESS)
    .optional()
    .describe(
      '`public`: anyone may join; `unlisted`: so may who knows its name; `invite`: listed, but joined by invitation; `private`: hidden too',
    ),
  posting: z.enum(POSTING).optional().describe('Who may post'),
  topics: z.enum(TOPICS).optional().describe('Who may set the topic'),
  slow: z.int().nonnegative().optional().describe('The seconds between two messages of a member; 0 is off'),
  key: z
    .union([z.literal(''), z.string().regex(KEY, 'a key is one word of at most 32 characters without commas')])
    .optional()
    .describe('What users give to join; empty for no key'),
  limit: z.int().nonnegative().optional().describe('With how many members nobody else joins; 0 is off'),
  join: z.boolean().default(false).describe('Whether new accounts join when they register or log in first'),
  owners: z.array(z.string()).default([]).describe('The names of users who own it'),
});

/** A room as the config declares it. */
export type DeclaredRoom = z.infer<typeof declaredRoom>;

export const roomsOptions = z.strictObject({
  declared: z
    .record(z.string(), declaredRoom)
    .superRefine((rooms, context) => {
      for (const name of Object.keys(rooms)) {
        const problem = declaredNameProblem(name);
        // The check ends the sentence itself.
        const message = problem?.replace(/\.$/, '');
        if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
      }
    })
    .default({})
    .describe(
      'Rooms that always exist, by name, such as `#lobby`. Settings that are given here win over those of users',
    ),
  access: z.enum(ACCESS).default('public').describe('The access of a new room whose creator names none'),
  maxCreated: z
    .int()
    .nonnegative()
    .default(10)
    .describe('How many rooms an account may have created; with 0 only admins create rooms'),
  maxJoined: z.int().positive().default(200).describe('How many rooms an account may be in'),
  maxMembers: z.int().positive().default(100_000).describe('How many members a room may have'),
  maxRooms: z
    .int()
    .positive()
    .default(10_000)
    .describe('How many rooms there may be in all; each takes about 1 KB of memory'),
  maxInvitations: z.int().positive().default(100).describe('How many open invitations a room may have'),
  maxNames: z.int().nonnegative().default(100).describe('How many rules about user names a room may have'),
  maxOwners: z.int().positive().default(16).describe('How many owners a room may have'),
  topicLength: z.int().positive().default(256).describe('The longest topic, in characters; an emoji counts as two'),
  nameLength: z
    .int()
    .positive()
    .max(NAME_LENGTH)
    .default(NAME_LENGTH)
    .describe('The longest name of a room, in characters, without the `#`'),
  maxSlow: z
    .int()
    .positive()
    .default(21_600)
    .describe('The longest time between two messages in slow mode, in seconds'),
  invitationTime: z.int().positive().default(604_800).describe('How long an invitation is valid, in seconds'),
  muteTime: z.int().positive().default(3600).describe('How long a mute without a time lasts, in seconds'),
  pageSize: z
    .int()
    .positive()
    .max(500)
    .default(100)
    .describe('How many names `rooms`, `members` and the lists of moderators give at a time'),
  quietAbove: z
    .int()
    .nonnegative()
    .default(50)
    .describe('In rooms with more members than this nobody is told who joins and who leaves'),
});

export type RoomsOptions = z.infer<typeof roomsOptions>;
