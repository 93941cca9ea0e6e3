import {
  type Account,
  type Accounts,
  type CommandSpec,
  command,
  type Entry,
  noMessage,
  noRoom,
  param,
  plainLine,
  type Quota,
  type Refusal,
  type RoomLog,
  type Rooms,
  refuse,
  reply,
  type Server,
  type SteadyClock,
} from 'chatserv';
import type { Access } from './access.ts';
import type { Messages } from './messages.ts';
import type { Notices } from './notices.ts';
import type { OpenReport, Queue, ReportRegister } from './register.ts';

/** What the commands use. */
export interface CommandContext {
  readonly options: {
    readonly perDay: number;
    readonly maxOpen: number;
    readonly reasonLength: number;
    readonly pageSize: number;
    readonly showReporters: boolean;
  };
  readonly accounts: Accounts;
  readonly rooms?: Rooms | undefined;
  readonly roomLog?: RoomLog | undefined;
  readonly server: Server;
  readonly clock: SteadyClock;
  readonly register: ReportRegister;
  readonly messages: Messages;
  readonly access: Access;
  readonly notices: Notices;
  /** How many reports each account has made. */
  readonly made: Quota;
}

const SERVER: Account = { id: 0, name: '*server*' };

/** In seconds. */
const DAY = 86_400;

/** Shown for a user whose account was removed. */
const REMOVED = '*removed*';

const noReport = () => refuse('no-report', 'There is no such report.');

/** The command that reports a message. */
export function reportCommand(context: CommandContext): CommandSpec {
  const { options, accounts, server, clock, register, messages, access, notices, made } = context;

  async function messageOf(word: string, caller: Account): Promise<Entry | Refusal> {
    if (/^\d{1,15}$/.test(word)) return (await messages.readable(caller, Number(word))) ?? noMessage();
    const user = await accounts.find(word);
    if (user === undefined) return refuse('user', `There is no user '${word}'.`);
    return (await messages.latest(caller, user)) ?? noMessage();
  }

  return command({
    name: 'report',
    summary: 'Reports a message to the moderators',
    params: {
      message: param.word('its id, or the name of a user, whose latest message is meant', { label: 'id or user' }),
      reason: param.text('what is wrong with it').optional(),
    },
    async run({ account, values: { message: word, reason = '' } }) {
      const entry = await messageOf(word, account);
      if (!('id' in entry)) return entry;
      const { id, sender } = entry;
      if (sender === account.id) return refuse('self', 'That message is your own.');
      const answer = reply(`reported:${id}`, { id });
      const known = await register.find(id);
      if (known?.reporters.some((one) => one.account === account.id)) return answer;
      if (reason.length > options.reasonLength) {
        server.countLimitHit('report-reason');
        return refuse('too-long', `A reason has at most ${options.reasonLength} characters.`);
      }
      if (made.take(String(account.id), { most: options.perDay, time: DAY }, clock.monotonic()) > 0) {
        server.countLimitHit('reports-per-account');
        return refuse('too-many', `You can report ${options.perDay} messages a day.`);
      }
      const report = { id, sender, queue: known?.queue ?? (await access.queueOf(entry)) };
      const added = await register.add(report, { account: account.id, reason, time: clock.now() }, options.maxOpen);
      if (added === undefined) {
        made.giveBack(String(account.id));
        server.countLimitHit('open-reports');
        return refuse('full', 'The moderators have too many open reports. Try again later.');
      }
      if (added.isNew) {
        const by = options.showReporters ? account.name : undefined;
        const user = (await accounts.get(sender))?.name ?? entry.from;
        await notices.tell(added.queue, added.open, { id, user, by, reason: reason || undefined }, [
          account.id,
          sender,
        ]);
      }
      return answer;
    },
  });
}

/** The commands of those who handle reports. */
export function handlingCommands(context: CommandContext): CommandSpec[] {
  const { options, accounts, rooms, roomLog, server, register, messages, access } = context;

  const nameOf = async (id: number) => (await accounts.get(id))?.name ?? REMOVED;

  /** A report for programs. */
  async function factsOf({ id, sender, reporters }: OpenReport) {
    const entry = await messages.get(id);
    const reports = reporters.map(async ({ account, reason, time }) => ({
      ...(options.showReporters && { user: await nameOf(account) }),
      reason,
      time: new Date(time).toISOString(),
    }));
    return {
      id,
      user: await nameOf(sender),
      text: (entry && (await messages.textOf(entry))) ?? null,
      ...(entry && { room: entry.room, time: new Date(entry.time).toISOString() }),
      ...(entry?.roomName !== undefined && { roomName: `#${entry.roomName}` }),
      reports: await Promise.all(reports),
    };
  }

  function lineOf({ id, user, text, roomName, time, reports }: Awaited<ReturnType<typeof factsOf>>): string {
    const said = `${roomName === undefined ? '' : `${roomName} `}${user}: ${text ?? REMOVED}`;
    const why = reports.map((one) => [one.user, one.reason].filter(Boolean).join(': ')).filter(Boolean);
    const line = time === undefined ? said : plainLine(Date.parse(time), said);
    return [`${id} ${line}`, ...why].join(' | ');
  }

  /** A page of the open reports of some queues, by id, without those of the account's own messages. */
  async function page(queues: readonly Queue[], account: Account, after: number): Promise<OpenReport[]> {
    const all = await Promise.all(queues.map((queue) => register.list(queue, options.maxOpen, after)));
    const others = all.flat().filter(({ sender }) => sender !== account.id);
    return others.sort((a, b) => a.id - b.id).slice(0, options.pageSize + 1);
  }

  return [
    command({
      name: 'reports',
      summary: 'Lists the open reports that you handle, or those of a room',
      params: {
        room: param.room().optional(),
        after: param.integer('lists those with greater ids', { min: 0 }).default(0),
      },
      async run({ account, values: { room: name, after } }) {
        const room = name === undefined ? undefined : await rooms?.find(name, account);
        if (name !== undefined && room === undefined) return noRoom(name.slice(1));
        if (room !== undefined && !(await access.handles(room.id, account))) {
          return refuse('role', `Only moderators and owners of #${room.name} may list reports.`);
        }
        const queues = room === undefined ? await access.handled(await register.queues(), account) : [room.id];
        const found = await page(queues, account, after);
        const hasMore = found.length > options.pageSize;
        const reports = await Promise.all(found.slice(0, options.pageSize).map(factsOf));
        return reply([...reports.map(lineOf), ...(hasMore ? ['...'] : [])], { reports, hasMore });
      },
    }),
    command({
      name: 'resolve',
      summary: 'Closes a report, and tells those who made it that it was dealt with',
      params: {
        report: param.integer('its id', { min: 1 }),
        note: param.text('what they are told').optional(),
      },
      async run({ account, values: { report: id, note } }) {
        const open = await register.find(id);
        if (open === undefined || open.sender === account.id) return noReport();
        if (!(await access.handles(open.queue, account))) return noReport();
        const closed = await register.close(open);
        if (closed === undefined) return noReport();
        if (open.queue !== 'server') await roomLog?.note(open.queue, account, { change: 'resolved', id });
        const entry = await messages.get(id);
        const where = entry?.roomName === undefined ? '' : ` in #${entry.roomName}`;
        const about = `Your report of a message of ${await nameOf(open.sender)}${where} was dealt with`;
        const text = note === undefined ? `${about}.` : `${about}: ${note}`;
        for (const { account: to } of closed.reporters) {
          const reporter = to === account.id ? undefined : await accounts.get(to);
          if (reporter !== undefined) await server.post({ from: SERVER, to: [reporter], text });
        }
        return reply('done:', { id, reporters: closed.reporters.length });
      },
    }),
  ];
}
