import type { Note } from '../model/talk.ts';

/** The page's own answer to what the user typed. */
export function NoteView({ note }: { readonly note: Note }) {
  const { typed, lines, isProblem } = note;
  return (
    <li class={`note answer${isProblem ? ' refusal' : ''}`}>
      <span class="hint">
        <bdi class="typed">{typed}</bdi> · Only you see this.
      </span>
      {lines.map(({ term, text }, index) => (
        <div key={index} class="line" dir="auto">
          {term !== undefined && (
            <>
              <b>{term}</b>{' '}
            </>
          )}
          {text}
        </div>
      ))}
    </li>
  );
}
