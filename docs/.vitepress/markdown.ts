/**
 * What the pages of the docs have in common on GitHub, on the site and in the tests: links between them, and the
 * anchors of their headings.
 */

/** A link; its text may hold one level of brackets, such as an image. */
const LINK = /\[(?:[^[\]]|\[[^[\]]*\])*\]\(([^)\s]+)\)/g;
/** An image, also one inside a link. */
const IMAGE = /!\[[^[\]]*\]\(([^)\s]+)\)/g;

/** The targets of a page's links and images, each once. */
export function linksIn(text: string): string[] {
  const prose = proseOf(text).replaceAll(/`[^`\n]*`/g, '`');
  return [
    ...new Set([LINK, IMAGE].flatMap((pattern) => [...prose.matchAll(pattern)].map(([, target = '']) => target))),
  ];
}

/** Whether a link leads out of the repository. */
export function isExternal(target: string): boolean {
  return /^[a-z]+:/.test(target);
}

/** A page's headings, as text. */
export function headingsIn(text: string): string[] {
  return [...proseOf(text).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) =>
    heading.replaceAll(LINK, (link) => link.slice(1, link.lastIndexOf(']('))),
  );
}

/** The anchor of a heading, as GitHub makes it; a repeated one is followed by a hyphen and a number. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}

/** A page without its blocks of code. */
export function proseOf(text: string): string {
  return text.replaceAll(/^( *)```.*\n[\s\S]*?^\1```$/gm, '').replaceAll(/^ {4}.*$/gm, '');
}
