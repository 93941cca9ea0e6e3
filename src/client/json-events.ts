import { z } from 'zod';
import type { MessageForm } from '../api/message.ts';
import { DEVICE_NAME } from '../usernames/device-name.ts';

/** The forms of messages. */
const FORMS = ['action', 'notice'] as const satisfies readonly MessageForm[];

const requestId = z.union([z.string().max(64), z.int()]).optional();
const request = requestId.describe('Repeated in the answer, so that the client knows which request was answered');
const answered = requestId.describe('The `request` of what it answers');
const name = z.string().max(128).describe('A user name');
const password = z.string().max(1024).describe('The password');
const takeover = z
  .boolean()
  .default(false)
  .describe('Whether to take over from another session of the account, which is then closed');

const device = z
  .string()
  .regex(DEVICE_NAME)
  .optional()
  .describe(
    "The device's name, the same at each login: 1 to 64 letters and digits, with `.`, `_` and `-` after the first. A named device has an inbox of its own, can be online beside the user's other devices, and gets the messages sent from them",
  );

/** What a client may send, one object a line. Unknown fields are ignored. */
export const clientEvents = z
  .discriminatedUnion('type', [
    z
      .object({ type: z.literal('login'), request, name, password: password.optional(), takeover, device })
      .describe(
        'Logs in; answered `welcome`, `blocked`, or `ask` with the question that is open, such as the `password` if it is missing',
      ),
    z
      .object({
        type: z.literal('register'),
        request,
        name,
        password,
        invitation: z.string().max(128).optional().describe('The code of an invitation'),
        device,
      })
      .describe('Registers a new user and logs in; answered like `login`'),
    z
      .object({ type: z.literal('guest'), request, name, device })
      .describe('Comes in as a guest, without an account; answered like `login`. The name gets `[guest]` at its end'),
    z
      .object({
        type: z.literal('resume'),
        request,
        token: z.string().max(1024).describe('From an event `token`'),
        takeover,
        device,
      })
      .describe('Logs in again after a lost connection, and replaces the session if it is still open'),
    z
      .object({ type: z.literal('answer'), request, text: z.string().describe('The answer') })
      .describe('Answers an `ask`'),
    z
      .object({ type: z.literal('cancel'), request })
      .describe('Declines an `ask` that came after `welcome`; its command is answered `error` `cancelled`'),
    z
      .object({
        type: z.literal('command'),
        request,
        name: z.string().describe('The command, as a person would type it'),
        text: z.string().default('').describe('The rest of the line'),
        values: z
          .record(z.string(), z.unknown())
          .optional()
          .describe('Its arguments by name, instead of `text`; the facts of `help` list them'),
      })
      .describe('Calls a command'),
    z
      .object({
        type: z.literal('message'),
        request,
        to: z
          .union([
            z.literal('everyone'),
            z.string().regex(/^#[^\s()]+$/),
            z.array(z.string().regex(/^[^\s()]+$/)).min(1),
          ])
          .describe(
            'User names, a room such as `#lab`, or `everyone`: every registered user but the sender, online or not',
          ),
        text: z.string().min(1).describe('The text, with LF between several lines; control characters are removed'),
        form: z
          .enum(FORMS)
          .optional()
          .describe('`action`: it tells what the user does, `waves` for `* alice waves`; `notice`: from a program'),
        reply: z
          .int()
          .positive()
          .optional()
          .describe('The id of the message that it answers, which must be in the same place'),
        key: z
          .string()
          .min(1)
          .max(64)
          .optional()
          .describe("The client's key for the message, unique for the user: with one it may be sent again"),
        again: z
          .boolean()
          .default(false)
          .describe('Whether this is a retry of an unanswered message with the same key: it is sent only once'),
        unlessCommand: z
          .string()
          .optional()
          .describe(
            'A word: if it is a command that this user may call, nothing is sent, and `error` `is-command` names it',
          ),
      })
      .describe('Sends a message; answered as the command `message` or `broadcast` is'),
    z
      .object({ type: z.literal('acknowledge'), id: z.int().nonnegative().describe('The id of a message or entry') })
      .describe('The client has every message up to this id and will not get them again. It is not answered'),
  ])
  .meta({ title: 'chatserv: what a client sends' });

export type ClientEvent = z.input<typeof clientEvents>;

/** What the server sends, one object a line. Later versions may add fields and types: ignore unknown ones. */
export const serverEvents = z
  .discriminatedUnion('type', [
    z
      .object({
        type: z.literal('ask'),
        request: answered,
        question: z
          .string()
          .describe(
            "`username`, `password`, `register`, `invitation`, `guest`, `new-password`, or a plugin's own word",
          ),
        because: z.string().describe('Why it is asked: `start`, `connected`, `wrong`, `registered`, ...; may be empty'),
        reason: z
          .string()
          .optional()
          .describe(
            'What is wrong with a user name: `too-long`, `taken`, ...; or, with `connected`, `takeover`: a `login` or `resume` with `takeover` succeeds',
          ),
        secret: z.boolean().optional().describe("Whether to hide what is typed; only plugins' questions have it"),
      })
      .describe('The login dialogue, or a command, waits for an answer'),
    z
      .object({
        type: z.literal('welcome'),
        request: answered,
        name: z.string().describe('The name as it was registered'),
      })
      .describe('Logged in, under this name'),
    z
      .object({
        type: z.literal('token'),
        token: z.string().describe('For `resume`; opaque'),
        expires: z.string().describe('When it expires, RFC 3339'),
      })
      .describe('For `resume` after a lost connection. A later token replaces it'),
    z
      .object({
        type: z.literal('answer'),
        request: answered,
        command: z.string().describe('The command that was called'),
        text: z.string().optional().describe('The answer, if it is one line'),
        lines: z.array(z.string()).optional().describe('The answer, if it is several lines'),
        facts: z
          .record(z.string(), z.unknown())
          .optional()
          .describe('The answer as data; each command has its own fields'),
      })
      .describe('A command succeeded'),
    z
      .object({
        type: z.literal('error'),
        request: answered,
        reason: z.string().describe('`command`, `args`, `denied`, `rate`, `internal`, `line`, `json`, `field`, ...'),
        about: z.string().describe('The command, or the field that is wrong'),
        message: z.string().optional().describe('The reason as a sentence for people'),
      })
      .describe('A request failed'),
    z
      .object({
        type: z.literal('message'),
        id: z.int().describe('Its position in the log: greater ids are later. 0 if it is not stored'),
        from: z.string().describe("The sender's name; one with `*` belongs to no user, such as `*server*`"),
        audience: z
          .enum(['everyone', 'room', 'named'])
          .describe('Whether it was sent to everyone, to a room, or to users by name'),
        room: z
          .int()
          .optional()
          .describe('The id of its room or direct conversation; absent if it was sent to everyone'),
        roomName: z.string().optional().describe('The name of its room, such as `#lab`'),
        seq: z.int().describe('Its number within its room, from 1, for unread counts; 0 if it is not stored'),
        text: z.string().describe('The text, with LF between several lines'),
        form: z
          .enum(FORMS)
          .optional()
          .describe('`action`: show it as `* alice waves`; `notice`: from a program, and not to be answered by one'),
        reply: z.int().optional().describe('The id of the message that it answers'),
        quote: z.string().optional().describe('That message in short, for people: `alice: "are you the…"`'),
        mentions: z
          .array(z.string())
          .optional()
          .describe('The names of users online whom it mentions: highlight it if your own is one of them'),
        mentionsAll: z.boolean().optional().describe('It mentions everyone in its room'),
        time: z.string().describe('When it was sent, RFC 3339'),
        repeat: z.boolean().describe('It was sent before, on another connection, and may have arrived'),
      })
      .describe('A message for this user'),
    z
      .object({
        type: z.literal('entry'),
        id: z.int().describe("Like a message's, and acknowledged like one"),
        room: z.int().describe('The id of the room that it is in'),
        roomName: z.string().optional().describe('The name of that room, such as `#lab`'),
        seq: z.int().describe('Its number within the room; 0 if it does not count as unread'),
        kind: z.string().describe('`redaction`, `join`, `leave`, `rename`, or a kind that a plugin defines'),
        version: z.int().describe("The version of the kind's schema"),
        from: z.string().describe("The sender's name"),
        of: z.int().optional().describe('The id of the entry that it changes, such as the one that a redaction blanks'),
        reply: z.int().optional().describe('The id of the entry that it answers'),
        data: z.unknown().describe("As the kind's plugin defines it; `null` for the server's own kinds"),
        line: z
          .string()
          .optional()
          .describe('The same for people, as plain lines show it after the time; absent if they do not show it'),
        time: z.string().describe('When it was appended, RFC 3339'),
        repeat: z.boolean().describe('It was sent before, on another connection, and may have arrived'),
      })
      .describe('An entry in a room that is not a message: ignore kinds that you do not know'),
    z
      .object({
        type: z.literal('presence'),
        came: z.array(z.string()).describe('The names of users who came online'),
        left: z.array(z.string()).describe('The names of users who left'),
      })
      .describe('Who came online and who left, after the command `watch`'),
    z
      .object({
        type: z.literal('marker'),
        room: z.int().describe('The id of the room'),
        seq: z.int().describe('The number up to which the user has read the room'),
        unread: z.int().describe('How many entries the user has not read there'),
        hidden: z.int().optional().describe('How many further ones are of users whom the user ignores, if any'),
        mentions: z.int().describe('How many of those not read mention the user, up to 100'),
      })
      .describe('The user has read a room on another device'),
    z
      .object({
        type: z.literal('unread'),
        rooms: z.int().describe('The number of rooms with something to notify of'),
        unread: z
          .int()
          .describe('How many entries to notify of; of a room with the level `mentions`, those that mention the user'),
        mentions: z.int().describe('How many of them mention the user'),
      })
      .describe('What the user has not read, after a login'),
    z
      .object({
        type: z.literal('notify'),
        room: z.int().describe('The id of the room'),
        level: z.enum(['all', 'mentions', 'nothing']).describe('What the user wants to be notified of there'),
      })
      .describe('The user has set a notification level on another device'),
    z
      .object({
        type: z.literal('left'),
        room: z.int().describe('The id of the room'),
        roomName: z.string().describe('Its name, such as `#lab`'),
      })
      .describe('The user has left a room, on this device or another one'),
    z
      .object({
        type: z.literal('renamed'),
        name: z.string().describe('The name from now on'),
        before: z.string().describe('The name until now'),
      })
      .describe('The user has another name'),
    z
      .object({ type: z.literal('commands') })
      .describe("The user's roles have changed, and with them the commands that `help` lists"),
    z
      .object({ type: z.literal('blocked'), request: answered, seconds: z.int().describe('How long, from now') })
      .describe('Logins are blocked; the connection closes'),
    z
      .object({
        type: z.literal('closing'),
        request: answered,
        reason: z.string().describe('`goodbye`, `timeout`, `shutdown`, `replaced`, `too-slow`, `too-fast`, ...'),
        seconds: z.number().optional().describe('The time that the client exceeded, if the reason is `timeout`'),
      })
      .describe('The server closes the connection'),
  ])
  .meta({ title: 'chatserv: what the server sends' });

export type ServerEvent = z.infer<typeof serverEvents>;
