import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Screen } from '../model/screen.ts';
import { absentInWords } from '../model/words.ts';
import { Problem, Sheet } from '../ui/sheet.tsx';

/** The sheet that asks who to write to. */
export function StartSheet({ screen, onClose }: { readonly screen: Screen; readonly onClose: () => void }) {
  const names = useRef<HTMLInputElement>(null);
  const problem = useSignal('');
  const complain = (text: string) => {
    problem.value = text;
    names.current?.focus();
  };
  return (
    <Sheet id="start" title="Write to someone" isForm onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const filledIn = (names.current?.value ?? '').split(/[\s,;]+/).filter((name) => name !== '');
          const wrong = filledIn.find((name) => /[()]/.test(name));
          if (filledIn.length === 0) return complain('Please fill in a name.');
          if (wrong !== undefined) {
            return complain(`No user can be called “\u2068${wrong}\u2069”. Check the spelling.`);
          }
          onClose();
          screen.choose(filledIn);
        }}
      >
        <Problem id="start-problem" text={problem.value} />
        <label for="start-names">Names</label>
        <input
          id="start-names"
          ref={names}
          type="text"
          list="start-known"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          dir="auto"
          aria-describedby="start-hint"
        />
        <datalist id="start-known">
          {[...screen.chat.online].slice(0, 500).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <p id="start-hint" class="hint">
          One name, or several separated by spaces. {absentInWords()}
        </p>
        <div class="actions">
          <button type="button" class="quiet" onClick={onClose}>
            Cancel
          </button>
          <button class="primary" type="submit">
            Write
          </button>
        </div>
      </form>
    </Sheet>
  );
}
