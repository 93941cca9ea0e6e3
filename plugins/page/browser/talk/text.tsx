import { partsOf } from './addresses.ts';

/** A text with its links, which send no referrer. */
export function Text({ text }: { readonly text: string }) {
  return (
    <>
      {partsOf(text).map(({ text: part, href }) =>
        href === undefined ? (
          part
        ) : (
          <a key={href} href={href} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
            {part}
          </a>
        ),
      )}
    </>
  );
}
