/** The shapes of icons, drawn with the lines of the text's colour in a square of 24. */
const SHAPES = {
  write: 'M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19z M14.5 6.5l3 3',
  room: 'M9.5 4L7.5 20 M16.5 4l-2 16 M4.5 9h16 M3.5 15h16',
  settings:
    'M4 7h9 M17 7h3 M4 17h3 M11 17h9 M17.2 7a2.2 2.2 0 1 1-4.4 0a2.2 2.2 0 0 1 4.4 0z M11.2 17a2.2 2.2 0 1 1-4.4 0a2.2 2.2 0 0 1 4.4 0z',
  back: 'M14.5 5.5L8 12l6.5 6.5',
  down: 'M12 5v14 M6 13l6 6 6-6',
  up: 'M12 19V5 M6 11l6-6 6 6',
  send: 'M12 19V5 M5.5 11.5L12 5l6.5 6.5',
  close: 'M6 6l12 12 M18 6L6 18',
  waiting: 'M20 12a8 8 0 1 1-16 0a8 8 0 0 1 16 0z M12 7.5V12l3 2',
  failed: 'M20.5 12a8.5 8.5 0 1 1-17 0a8.5 8.5 0 0 1 17 0z M12 7.5v5 M12 16v.2',
  everyone:
    'M14.8 9.5a2.8 2.8 0 1 1-5.6 0a2.8 2.8 0 0 1 5.6 0z M7 19c.5-3 2.4-4.6 5-4.6s4.5 1.6 5 4.6 M6.4 6.6a2.5 2.5 0 0 0-.6 4.8 M2.8 16.6c.2-1.9.9-3.1 2.2-3.7 M17.6 6.6a2.5 2.5 0 0 1 .6 4.8 M21.2 16.6c-.2-1.9-.9-3.1-2.2-3.7',
  several:
    'M12.2 9a3.2 3.2 0 1 1-6.4 0a3.2 3.2 0 0 1 6.4 0z M3.5 19c.6-3.2 2.7-5 5.5-5s4.9 1.8 5.5 5 M15.5 6.2a3 3 0 0 1 0 5.7 M17 14.3c1.9.7 3.1 2.3 3.5 4.7',
  search: 'M17 10.5a6.5 6.5 0 1 1-13 0a6.5 6.5 0 0 1 13 0z M15.2 15.2L20.5 20.5',
  more: 'M6 12v.01 M12 12v.01 M18 12v.01',
  moderate: 'M12 3.5l7 2.6v5.4c0 4.3-2.8 7.5-7 9c-4.2-1.5-7-4.7-7-9V6.1z M9 12l2.2 2.2L15.2 10',
  reply: 'M9 6L4 11l5 5 M4.5 11H14a6 6 0 0 1 6 6v2',
  react:
    'M20.5 12a8.5 8.5 0 1 1-17 0a8.5 8.5 0 0 1 17 0z M8.5 14.2c.9 1.4 2.1 2.1 3.5 2.1s2.6-.7 3.5-2.1 M9 9.5v.3 M15 9.5v.3',
  bell: 'M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5z M10.3 20.5h3.4',
} as const;

export type IconName = keyof typeof SHAPES;

/** An icon beside a text, or of a button that has a label. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 24 24">
      <path d={SHAPES[name]} />
    </svg>
  );
}
