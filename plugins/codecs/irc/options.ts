import { z } from 'chatserv';
import { isHostName } from './wire/source.ts';

/** What stands before the name of a channel of one's own for messages to everyone. */
const LOCAL = /^&[^\s,:]+$/;

/** The options of the plugin. */
export const ircOptions = z.strictObject({
  name: z
    .string()
    .refine(isHostName, 'the name of a host, with a dot')
    .default('chatserv.local')
    .describe('The name that the server gives itself, which clients take for a host name; it need not be one'),
  network: z
    .string()
    .regex(/^[^\s=]+$/)
    .default('chatserv')
    .describe('The name of the network, which clients show'),
  everyone: z
    .union([z.literal(''), z.string().regex(LOCAL)])
    .default('&everyone')
    .describe('The channel with the messages to everyone, which every client is in; without one they are notices'),
  admin: z.array(z.string()).max(3).default([]).describe('Who runs the server, for ADMIN: up to three lines'),
  formatting: z
    .enum(['strip', 'marks'])
    .default('strip')
    .describe(
      'What becomes of bold and monospaced text: `marks` shows it to others between `**` and backquotes, and their marks in IRC; `strip` removes all formatting',
    ),
  pingTime: z
    .number()
    .positive()
    .default(120)
    .describe('After how long without a line a client is sent a PING, in seconds; after twice that it is closed'),
  maxKeys: z.number().int().positive().default(20).describe('How many keys of metadata a user or a channel can have'),
  maxSubscriptions: z
    .number()
    .int()
    .positive()
    .default(50)
    .describe('How many keys of metadata a client can subscribe to'),
  maxValueBytes: z
    .number()
    .int()
    .positive()
    .max(350)
    .default(300)
    .describe('How long a value of metadata can be, in bytes'),
  motd: z.array(z.string()).default([]).describe('The message of the day, line by line'),
});

/** The options as the plugin reads them. */
export type IrcOptions = z.infer<typeof ircOptions>;
