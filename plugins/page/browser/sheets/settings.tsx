import { useSignal } from '@preact/signals';
import { type Density, density, setDensity, setTheme, type Theme, theme } from '../model/look.ts';
import type { Screen } from '../model/screen.ts';
import { placeOf } from '../model/talk.ts';
import { titleOf } from '../ui/people.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { AccountSettings } from './account.tsx';

const THEMES: readonly (readonly [Theme, string])[] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

const DENSITIES: readonly (readonly [Density, string])[] = [
  ['compact', 'Compact'],
  ['roomy', 'Roomy'],
];

/** The settings sheet. */
export function SettingsSheet({ screen, onClose }: { readonly screen: Screen; readonly onClose: () => void }) {
  // The commands are listed soon after the login.
  screen.listed.value;
  return (
    <Sheet id="settings" title="Settings" isWide onClose={onClose}>
      <Choice legend="Colours" name="theme" choices={THEMES} chosen={theme()} choose={setTheme} />
      <Choice legend="Messages" name="density" choices={DENSITIES} chosen={density()} choose={setDensity} />
      <NotificationSetting screen={screen} />
      <LevelSetting screen={screen} />
      <AccountSettings screen={screen} />
      <p class="hint">
        Type <kbd>/help</kbd> to list all commands.
      </p>
      <div class="actions">
        {screen.actions.can('kick') && (
          <button type="button" class="quiet" onClick={() => screen.open({ kind: 'moderation' })}>
            Reports
          </button>
        )}
        <button
          id="logout"
          type="button"
          class="quiet danger"
          onClick={() => {
            onClose();
            screen.logOut();
          }}
        >
          Log out
        </button>
      </div>
      <p class="hint">Logging out also deletes the conversations stored on this page.</p>
    </Sheet>
  );
}

interface ChoiceProps<T extends string> {
  readonly legend: string;
  readonly name: string;
  readonly choices: readonly (readonly [T, string])[];
  readonly chosen: T;
  readonly choose: (value: T) => void;
}

function Choice<T extends string>({ legend, name, choices, chosen, choose }: ChoiceProps<T>) {
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      {choices.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            value={value}
            defaultChecked={value === chosen}
            onChange={() => choose(value)}
          />{' '}
          {label}
        </label>
      ))}
    </fieldset>
  );
}

const LEVELS = [
  ['all', 'Every message'],
  ['mentions', 'Mentions of you'],
  ['nothing', 'Nothing'],
] as const;

/** What the user wants to be notified of in the open conversation, on all devices. */
function LevelSetting({ screen }: { readonly screen: Screen }) {
  const talk = screen.talk.value;
  screen.listed.value;
  if (!screen.actions.can('notify') || talk.room === undefined) return null;
  return (
    <Choice
      legend={`Notify of ${titleOf(talk)}`}
      name="level"
      choices={LEVELS}
      chosen={talk.level ?? 'all'}
      choose={(level) => {
        talk.level = level;
        screen.draw();
        void screen.actions.run('Set what to be notified of', 'notify', { place: placeOf(talk.to), level });
      }}
    />
  );
}

function NotificationSetting({ screen }: { readonly screen: Screen }) {
  const { notifications } = screen;
  const isOn = useSignal(notifications.on);
  const problem = useSignal('');
  const turn = async (on: boolean) => {
    const permission = await notifications.turn(on);
    isOn.value = notifications.on;
    problem.value = {
      granted: '',
      denied: 'Your browser blocks notifications from this page. Allow them in its settings for this page.',
      unavailable: 'Notifications are not available here. They need https, or a page on this computer.',
    }[permission];
  };
  return (
    <>
      <label class="check">
        <input
          id="settings-notify"
          type="checkbox"
          checked={isOn.value}
          onChange={({ currentTarget }) => void turn(currentTarget.checked)}
        />{' '}
        Notify me of messages while this page is hidden
      </label>
      <p id="settings-notify-problem" class="hint" hidden={problem.value === ''}>
        {problem.value}
      </p>
    </>
  );
}
