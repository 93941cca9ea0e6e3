import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';

interface SheetProps {
  readonly id: string;
  readonly title: ComponentChildren;
  /** Called when it was closed: by its button, Escape, or Back on a phone. */
  readonly onClose: () => void;
  /** Whether it has no button to close it, since its form has one. */
  readonly isForm?: boolean;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}

/** A modal dialog, open as long as it is rendered. The focus returns to where it was. */
export function Sheet({ id, title, onClose, isForm = false, isWide = false, children }: SheetProps) {
  const sheet = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = sheet.current;
    dialog?.showModal();
    // What is only removed does not give the focus back.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      id={id}
      ref={sheet}
      class={`sheet${isWide ? ' wide' : ''}`}
      aria-labelledby={`${id}-title`}
      onClose={onClose}
    >
      {isForm ? (
        <h2 id={`${id}-title`}>{title}</h2>
      ) : (
        <div class="sheet-head">
          <h2 id={`${id}-title`}>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={() => sheet.current?.close()}>
            <Icon name="close" />
          </button>
        </div>
      )}
      {children}
    </dialog>
  );
}

/** A problem, announced when it appears. */
export function Problem({ id, text }: { readonly id?: string; readonly text: string }) {
  return (
    <p id={id} class="problem" role="alert" hidden={text === ''}>
      {text}
    </p>
  );
}
