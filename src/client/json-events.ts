import { z } from 'zod';

const request = z
  .union([z.string().max(64), z.int()])
  .optional()
  .describe('Said back in the answer, so that a client knows which of its requests is answered');
const name = z.string().max(128).describe('A user name');
const password = z.string().max(1024);
const takeover = z
  .boolean()
  .default(false)
  .describe('Whether it takes over from another session of the account, which is then closed');

const device = z
  .string()
  .min(1)
  .max(64)
  .optional()
  .describe(
    'The name of the device, the same at each of its logins: it has an inbox of its own, comes in beside others of its user, and is given what that says on them',
  );

/** What a client may send, an object a line. Fields that are not known are ignored. */
export const clientEvents = z
  .discriminatedUnion('type', [
    z
      .object({ type: z.literal('login'), request, name, password, takeover, device })
      .describe('Logs in; answered `welcome`, `blocked`, or `ask` with what is wanted instead'),
    z
      .object({ type: z.literal('register'), request, name, password, device })
      .describe('Registers a new user and logs in; answered like `login`'),
    z
      .object({
        type: z.literal('resume'),
        request,
        token: z.string().max(1024).describe('From an event `token`'),
        takeover,
        device,
      })
      .describe('Logs in again after a lost connection, in place of a session that may still be there'),
    z.object({ type: z.literal('answer'), request, text: z.string() }).describe('Answers an `ask`'),
    z
      .object({ type: z.literal('cancel'), request })
      .describe('Does not answer an `ask` that came after `welcome`; its command is answered `error` `cancelled`'),
    z
      .object({
        type: z.literal('command'),
        request,
        name: z.string().describe('The command, as a person would type it'),
        text: z.string().default('').describe('What stands after it on the line'),
        values: z
          .record(z.string(), z.unknown())
          .optional()
          .describe('Its arguments by name, instead of `text`; the facts of `help` say which there are'),
      })
      .describe('Calls a command'),
    z
      .object({
        type: z.literal('message'),
        request,
        to: z
          .union([z.literal('everyone'), z.array(z.string().regex(/^[^\s()]+$/)).min(1)])
          .describe('User names, or everyone'),
        text: z.string().min(1),
        key: z
          .string()
          .min(1)
          .max(64)
          .optional()
          .describe('What the client calls the message, unlike all others of its user: it may then send it again'),
        again: z
          .boolean()
          .default(false)
          .describe('It was sent before with this key and not answered: what was said then is not said twice'),
        unlessCommand: z
          .string()
          .optional()
          .describe(
            'A word: if it is a command that this user may call, nothing is said, and `error` `is-command` names it',
          ),
      })
      .describe('Sends a message; answered as the command `message` or `broadcast` is'),
    z
      .object({ type: z.literal('acknowledge'), id: z.int().nonnegative() })
      .describe('The client has every message up to this id, and will not be given them again. It is not answered'),
  ])
  .meta({ title: 'chatserv: what a client sends' });

export type ClientEvent = z.input<typeof clientEvents>;

/** What the server sends, an object a line. More fields, and more types, may come: ignore what is not known. */
export const serverEvents = z
  .discriminatedUnion('type', [
    z
      .object({
        type: z.literal('ask'),
        request,
        question: z.string().describe('`username`, `password`, `register`, `new-password`, or a word of a plugin'),
        because: z.string().describe('Why: `start`, `connected`, `wrong`, `registered`, a reason; may be empty'),
        reason: z
          .string()
          .optional()
          .describe(
            'What is wrong with a user name: `too-long`, `taken`, ...; or `takeover`, with `connected`: a `login` or `resume` with that set is let in',
          ),
        secret: z.boolean().optional().describe('Whether what is typed should not be shown, of a question of a plugin'),
      })
      .describe('The login dialogue, or a command, waits for an answer'),
    z.object({ type: z.literal('welcome'), request, name: z.string() }).describe('Logged in, under this name'),
    z
      .object({ type: z.literal('token'), token: z.string(), expires: z.string().describe('RFC 3339') })
      .describe('What `resume` takes after a lost connection. A later token replaces it'),
    z
      .object({
        type: z.literal('answer'),
        request,
        command: z.string(),
        text: z.string().optional().describe('The answer of one line'),
        lines: z.array(z.string()).optional().describe('The answer of several'),
        facts: z.record(z.string(), z.unknown()).optional().describe('The same for programs, by the command'),
      })
      .describe('A command was done'),
    z
      .object({
        type: z.literal('error'),
        request,
        reason: z.string().describe('`command`, `args`, `denied`, `rate`, `internal`, `line`, `json`, `field`, ...'),
        about: z.string().describe('The command, or the field that is wrong'),
        message: z.string().optional().describe('The reason as a sentence for people'),
      })
      .describe('It was not done'),
    z
      .object({
        type: z.literal('message'),
        id: z.int().describe('Its place in the log: greater ids are later. 0 where nothing keeps it'),
        from: z.string(),
        audience: z
          .enum(['everyone', 'room', 'named'])
          .describe('Whether it was said to everyone, in a room, or to some by name'),
        room: z.int().optional().describe('The id of the room'),
        text: z.string(),
        time: z.string().describe('When it was said, RFC 3339'),
        repeat: z.boolean().describe('It was sent before, on another connection, and may have arrived'),
      })
      .describe('A message for this user'),
    z
      .object({
        type: z.literal('entry'),
        id: z.int().describe('As of a message, and acknowledged like one'),
        room: z.int().describe('The id of the room that it is in'),
        kind: z.string().describe('`redaction`, `join`, `leave`, or what a plugin defines'),
        version: z.int().describe("The version of the data's form"),
        from: z.string(),
        of: z.int().optional().describe('The id of the entry that it changes; of a redaction, whose text is removed'),
        reply: z.int().optional().describe('The id of the entry that it answers'),
        data: z.unknown().describe("As the kind's plugin defines it"),
        time: z.string().describe('RFC 3339'),
        repeat: z.boolean().describe('It was sent before, on another connection, and may have arrived'),
      })
      .describe('An entry in a room that is not a message: ignore kinds that you do not know'),
    z
      .object({ type: z.literal('presence'), came: z.array(z.string()), left: z.array(z.string()) })
      .describe('Who came online and who went, after the command `watch`'),
    z.object({ type: z.literal('blocked'), request, seconds: z.int() }).describe('Logins are blocked; it closes'),
    z
      .object({
        type: z.literal('closing'),
        request,
        reason: z.string().describe('`goodbye`, `timeout`, `shutdown`, `replaced`, `too-slow`, `too-fast`, ...'),
        seconds: z.number().optional().describe('After how long, where it is a time-out'),
      })
      .describe('The server closes the connection'),
  ])
  .meta({ title: 'chatserv: what the server sends' });

export type ServerEvent = z.infer<typeof serverEvents>;
