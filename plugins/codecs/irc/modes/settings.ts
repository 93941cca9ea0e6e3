import type { RoomAccess, RoomChange, RoomSettings, Values } from 'chatserv';
import type { ModeChange } from './mode-change.ts';

/** The settings of a room that are modes of its channel. */
export type ChannelSettings = Pick<RoomSettings, 'access' | 'posting' | 'topics' | 'key' | 'limit'>;

/** A command of the server that changes a setting. */
export interface SettingCommand {
  readonly word: string;
  readonly values: Values;
}

/** A mode without a parameter. */
interface Flag {
  isOn(settings: ChannelSettings): boolean;
  /** The command that switches it. */
  command(settings: ChannelSettings, isOn: boolean): SettingCommand;
}

function isByInvitation({ access }: Pick<ChannelSettings, 'access'>): boolean {
  return access === 'invite' || access === 'private';
}

/** Whether a channel is secret: it is listed for its members only. */
export function isSecret({ access }: Pick<ChannelSettings, 'access'>): boolean {
  return access === 'unlisted' || access === 'private';
}

function access(byInvitation: boolean, secret: boolean): SettingCommand {
  const [listed, hidden]: readonly RoomAccess[] = byInvitation ? ['invite', 'private'] : ['public', 'unlisted'];
  return { word: 'room-access', values: { access: secret ? hidden : listed } };
}

const posting = (who: RoomSettings['posting']): SettingCommand => ({ word: 'room-posting', values: { who } });

/** The modes without a parameter, by letter. */
export const FLAGS: Readonly<Record<string, Flag>> = {
  i: { isOn: isByInvitation, command: (settings, isOn) => access(isOn, isSecret(settings)) },
  // A moderated channel takes no messages from outside either.
  m: {
    isOn: ({ posting }) => posting === 'moderators',
    command: (_, isOn) => posting(isOn ? 'moderators' : 'members'),
  },
  n: { isOn: ({ posting }) => posting !== 'anyone', command: (_, isOn) => posting(isOn ? 'members' : 'anyone') },
  s: { isOn: isSecret, command: (settings, isOn) => access(isByInvitation(settings), isOn) },
  t: {
    isOn: ({ topics }) => topics === 'moderators',
    command: (_, isOn) => ({ word: 'room-topics', values: { who: isOn ? 'moderators' : 'members' } }),
  },
};

/** Stands for a key that is not shown. */
const HIDDEN = '*';

/** The modes of a channel, with their parameters. @param showsKey whether the key may be shown */
export function settingModes(settings: ChannelSettings, showsKey = true): ModeChange[] {
  const flags = Object.entries(FLAGS).flatMap(([letter, flag]) =>
    flag.isOn(settings) ? [{ isOn: true, letter }] : [],
  );
  const { key, limit } = settings;
  return [
    ...flags,
    ...(key === '' ? [] : [{ isOn: true, letter: 'k', param: showsKey ? key : HIDDEN }]),
    ...(limit === 0 ? [] : [{ isOn: true, letter: 'l', param: String(limit) }]),
  ];
}

/** A change of one setting. */
type SettingChange = Extract<RoomChange, { readonly change: keyof ChannelSettings }>;

/** The modes that say what one setting is, whatever it was before. */
export function modesOfSetting(change: SettingChange): ModeChange[] {
  switch (change.change) {
    case 'access':
      return [
        { isOn: isByInvitation(change), letter: 'i' },
        { isOn: isSecret(change), letter: 's' },
      ];
    case 'posting':
      return [
        { isOn: change.posting === 'moderators', letter: 'm' },
        { isOn: change.posting !== 'anyone', letter: 'n' },
      ];
    case 'topics':
      return [{ isOn: change.topics === 'moderators', letter: 't' }];
    case 'key':
      return [{ isOn: change.set, letter: 'k', param: HIDDEN }];
    case 'limit':
      return [{ isOn: change.limit > 0, letter: 'l', ...(change.limit > 0 && { param: String(change.limit) }) }];
  }
}

/** What has changed from some settings to others. */
export function settingChanges(before: ChannelSettings, after: ChannelSettings): ModeChange[] {
  const [old, now] = [settingModes(before), settingModes(after)];
  const isIn = (modes: readonly ModeChange[], mode: ModeChange) =>
    modes.some(({ letter, param }) => letter === mode.letter && param === mode.param);
  const on = now.filter((mode) => !isIn(old, mode));
  const off = old.filter(({ letter }) => !now.some((mode) => mode.letter === letter));
  return [
    ...on,
    ...off.map(({ letter, param }) => ({ isOn: false, letter, param: letter === 'k' && param ? HIDDEN : undefined })),
  ];
}
