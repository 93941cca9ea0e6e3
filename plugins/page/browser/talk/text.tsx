import { nameKey } from 'chatserv/client';
import { partsOf } from './addresses.ts';
import { marked, type Part } from './markup.ts';

/** A name after an `@`, with the sign of Japanese keyboards too. */
const NAMED = /([@\uff20][^\s@,;:!?()[\]{}]+)/;

interface TextProps {
  readonly text: string;
  /** The user's name, which is marked where it is mentioned. */
  readonly me: string;
}

/** A text with its links, code and bold words. */
export function Text({ text, me }: TextProps) {
  return <Parts parts={marked(text)} me={me} />;
}

function Parts({ parts, me }: { readonly parts: readonly Part[]; readonly me: string }) {
  return (
    <>
      {parts.map((part) => {
        switch (part.kind) {
          case 'bold':
            return (
              <strong>
                <Parts parts={part.parts} me={me} />
              </strong>
            );
          case 'text':
            return <Linked text={part.text} me={me} />;
          default:
            return (
              <code class={part.kind} dir="ltr">
                {part.text}
              </code>
            );
        }
      })}
    </>
  );
}

/** A text with its links, which send no referrer. */
function Linked({ text, me }: TextProps) {
  return (
    <>
      {partsOf(text).map(({ text: part, href }) =>
        href === undefined ? (
          <Named text={part} me={me} />
        ) : (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
            {part}
          </a>
        ),
      )}
    </>
  );
}

/** A text in which the user's own name is marked. */
function Named({ text, me }: TextProps) {
  if (!/[@\uff20]/.test(text)) return <>{text}</>;
  const isMe = (word: string) => {
    const key = nameKey(word.slice(1).replace(/[.'"]+$/, ''));
    return key === nameKey(me) || key === 'all' || key === 'everyone';
  };
  return <>{text.split(NAMED).map((part, at) => (at % 2 === 1 && isMe(part) ? <mark>{part}</mark> : part))}</>;
}
