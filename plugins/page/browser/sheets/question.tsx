import { isSecret } from 'chatserv/client';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { OpenQuestion } from '../model/questions.ts';
import { questionInWords } from '../model/words.ts';
import { Problem, Sheet } from '../ui/sheet.tsx';

/** The sheet for a question of a command, or of a plugin during the login. */
export function QuestionSheet({ question }: { readonly question: OpenQuestion }) {
  const { ask, answer } = question;
  const input = useRef<HTMLInputElement>(null);
  const { title, problem, label } = questionInWords(ask);
  useLayoutEffect(() => input.current?.focus(), []);
  return (
    <Sheet id="question" title={title} isForm onClose={() => answer(undefined)}>
      <form
        autocomplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          answer(input.current?.value ?? '');
        }}
      >
        <Problem id="question-problem" text={problem} />
        <label for="question-answer">{label}</label>
        <input
          id="question-answer"
          ref={input}
          {...(isSecret(ask) ? { type: 'password' } : { type: 'text' })}
          // A secret of the command: the browser must neither fill in the account's password nor store this one.
          autocomplete={isSecret(ask) ? 'new-password' : 'off'}
          autocapitalize="none"
          spellcheck={false}
          dir="auto"
          maxLength={1024}
        />
        <div class="actions">
          <button type="button" class="quiet" onClick={() => answer(undefined)}>
            Cancel
          </button>
          <button class="primary" type="submit">
            Answer
          </button>
        </div>
      </form>
    </Sheet>
  );
}
