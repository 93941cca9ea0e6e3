import { nameKey, type RoomInfo, type Values } from 'chatserv';
import type { Call } from '../call.ts';
import { isSameRule, LISTS, maskOf, ruleOf } from '../modes/masks.ts';
import { MEMBER_MODES, roleAfter, roleChanges } from '../modes/members.ts';
import { type ModeChange, modeParams } from '../modes/mode-change.ts';
import { FLAGS, type SettingCommand, settingChanges } from '../modes/settings.ts';
import { nickOf } from '../names.ts';
import { accountOf } from './channel.ts';
import { showList } from './mode-list.ts';

/** Removes a key, in a command of the server. */
const NONE = '-';

/** The most changes that one line may ask for. */
const CHANGES_MOST = 32;

/** A line of `MODE` about a channel: each change is a command of the server, and one line tells what came of them. */
export class ModeCommand {
  readonly #call: Call;
  #room: RoomInfo;
  readonly #done: ModeChange[] = [];
  /** Whether the client may not do it: the changes that follow are not tried. */
  #isRefused = false;

  constructor(call: Call, room: RoomInfo) {
    this.#call = call;
    this.#room = room;
  }

  get #name(): string {
    return `#${this.#room.name}`;
  }

  async run(changes: Iterable<ModeChange>): Promise<void> {
    const { client } = this.#call;
    await client.acting(this.#name, async () => {
      for (const change of [...changes].slice(0, CHANGES_MOST)) {
        await this.#change(change);
        if (this.#isRefused) break;
      }
    });
    for (const params of modeParams(this.#done)) {
      this.#call.line({ source: client.source, command: 'MODE', params: [this.#name, ...params] });
    }
  }

  async #change(change: ModeChange): Promise<void> {
    const { letter, isOn, param } = change;
    const flag = Object.hasOwn(FLAGS, letter) ? FLAGS[letter] : undefined;
    if (flag !== undefined) {
      if (flag.isOn(this.#room) !== isOn) await this.#set(flag.command(this.#room, isOn));
    } else if (letter === 'k') {
      await this.#setKey(isOn, param);
    } else if (letter === 'l') {
      await this.#setLimit(isOn, param);
    } else if (MEMBER_MODES.includes(letter)) {
      await this.#setRole(change);
    } else if (Object.hasOwn(LISTS, letter)) {
      if (param === undefined) await showList(this.#call, this.#room, letter);
      else await this.#list(letter, isOn, param);
    } else {
      this.#call.numeric('ERR_UNKNOWNMODE', [letter], `is not a mode of ${this.#name}`);
    }
  }

  async #setKey(isOn: boolean, key: string | undefined): Promise<void> {
    if (!isOn) {
      if (this.#room.key !== '') await this.#set({ word: 'room-key', values: { key: NONE } });
      return;
    }
    if (key === undefined || key === NONE || /^\s*$/.test(key)) return this.#invalid('k', undefined, 'That is no key.');
    await this.#set({ word: 'room-key', values: { key } }, 'k');
  }

  async #setLimit(isOn: boolean, param = ''): Promise<void> {
    if (!isOn) {
      if (this.#room.limit > 0) await this.#set({ word: 'room-limit', values: { off: 'off' } });
      return;
    }
    const members = /^\d{1,9}$/.test(param) ? Number(param) : 0;
    if (members === 0) return this.#invalid('l', param, 'The limit is a number of members.');
    await this.#set({ word: 'room-limit', values: { members } }, 'l', param);
  }

  /** Changes a setting, and notes what has changed by it. @param letter of a mode whose parameter may be wrong */
  async #set({ word, values }: SettingCommand, letter?: string, param?: string): Promise<void> {
    if (!(await this.#command(word, values, letter, param))) return;
    const after = (await this.#call.irc.rooms?.get(this.#room.id)) ?? this.#room;
    this.#done.push(...settingChanges(this.#room, after));
    this.#room = after;
  }

  async #setRole({ letter, isOn, param: nick }: ModeChange): Promise<void> {
    const call = this.#call;
    if (nick === undefined) return call.numeric('ERR_NEEDMOREPARAMS', ['MODE']);
    const account = await accountOf(call, nick);
    if (account === undefined) return;
    const role = await call.irc.rooms?.role(this.#room.id, account);
    if (role === undefined) return call.numeric('ERR_USERNOTINCHANNEL', [nick, this.#name]);
    const next = roleAfter(role, letter, isOn);
    if (next === undefined) return;
    if (!(await this.#command('room-role', { user: account.name, role: next }))) return;
    this.#done.push(...roleChanges(role, next, nickOf(account)));
  }

  async #list(letter: string, isOn: boolean, mask: string): Promise<void> {
    const rule = ruleOf(this.#call.irc, letter, mask);
    if (rule === undefined) return this.#invalid(letter, mask, 'Give a nick: nick!*@*');
    const same = this.#room.names.find((one) => isSameRule(one, rule));
    if (!isOn && same === undefined && letter === 'b') await this.#unban(rule.pattern);
    if (isOn === (same !== undefined)) return;
    const word = isOn ? 'room-names-add' : 'room-names-remove';
    const pattern = same?.pattern ?? rule.pattern;
    if (!(await this.#command(word, { list: rule.list, pattern }))) return;
    this.#room = (await this.#call.irc.rooms?.get(this.#room.id)) ?? this.#room;
    this.#done.push({ isOn, letter, param: maskOf({ list: rule.list, pattern }) });
  }

  /** Lifts the ban of a user, if there is one. */
  async #unban(name: string): Promise<void> {
    const { irc } = this.#call;
    const account = await irc.accounts.find(name);
    if (account === undefined) return;
    const banned = await this.#call.command('room-bans', { room: this.#name });
    const users = banned.kind === 'answer' ? (banned.facts?.users as readonly string[]) : [];
    if (!users.some((user) => nameKey(user) === nameKey(name))) return;
    if (await this.#command('room-unban', { user: account.name })) {
      this.#done.push({ isOn: false, letter: 'b', param: maskOf({ list: 'banned', pattern: nickOf(account) }) });
    }
  }

  /** Calls a command about the room. @param letter of a mode whose parameter may be wrong @returns whether it was done */
  async #command(word: string, values: Values, letter?: string, param?: string): Promise<boolean> {
    const answer = await this.#call.command(word, { room: this.#name, ...values });
    if (answer.kind === 'answer') return true;
    if (letter !== undefined && answer.reason === 'args') {
      this.#invalid(letter, param, answer.sentence ?? 'That is not allowed.');
      return false;
    }
    this.#isRefused = true;
    this.#call.refuse(answer, this.#name);
    return false;
  }

  #invalid(letter: string, param: string | undefined, text: string): void {
    this.#call.numeric('ERR_INVALIDMODEPARAM', [this.#name, letter, param?.replaceAll(/\s/g, '_') || '*'], text);
  }
}
