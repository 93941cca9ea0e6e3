import { useSignal } from '@preact/signals';
import { type Density, density, setDensity, setTheme, type Theme, theme } from '../model/look.ts';
import type { Screen } from '../model/screen.ts';
import { Sheet } from '../ui/sheet.tsx';

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
  return (
    <Sheet id="settings" title="Settings" onClose={onClose}>
      <Choice legend="Colours" name="theme" choices={THEMES} chosen={theme()} choose={setTheme} />
      <Choice legend="Messages" name="density" choices={DENSITIES} chosen={density()} choose={setDensity} />
      <NotificationSetting screen={screen} />
      <p class="hint">
        Type <kbd>/help</kbd> to list all commands.
      </p>
      <div class="actions">
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
