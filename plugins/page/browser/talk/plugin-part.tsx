import { type ComponentChild, h } from 'preact';
import type { PluginView } from '../model/extensions.ts';
import type { Screen } from '../model/screen.ts';
import type { Entry } from '../model/talk.ts';
import { clockOf, machineTime } from '../model/time.ts';
import { moderationViews } from './moderation-views.tsx';

interface PluginPartProps {
  readonly screen: Screen;
  readonly entry: Entry;
  readonly view: PluginView;
}

/** An entry as its plugin shows it; if that fails, its line. */
export function PluginPart({ screen, entry, view }: PluginPartProps) {
  const { id, from, time, text, data, changes = [], kind = '' } = entry;
  let shown: ComponentChild = text;
  try {
    shown = view(
      { id, from, data, changes },
      {
        h,
        me: screen.chat.name,
        call: (command, values) => screen.actions.run(`/${command}`, command, values),
        changed: (changeKind, changed) => {
          if (id !== undefined) screen.chat.changeOf(id, changeKind, changed);
        },
      },
    );
  } catch (cause) {
    console.error(`A ${kind} cannot be shown:`, cause);
  }
  return (
    <>
      <span class="hint">
        {Object.hasOwn(moderationViews, kind) ? 'For moderators' : <bdi>{from}</bdi>},{' '}
        <time dateTime={machineTime(time)}>{clockOf(time)}</time>
      </span>
      {shown}
    </>
  );
}
