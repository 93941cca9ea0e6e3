import { token } from './service.ts';

/** Scripts of plugins that run on the web page. The `page` plugin provides it. */
export interface PageScripts {
  /**
   * Adds a script to the page, for those who load the page from then on. A later one of the same name replaces it.
   * @param name lower-case letters, digits and hyphens
   * @param source an ES module. Its default export has a function for each kind of entry that it shows: see
   * docs/plugins/page.md
   * @returns a function that removes it: call it in `dispose`
   * @throws TypeError for another name
   */
  add(name: string, source: string): () => void;
}

export const PageScripts = token<PageScripts>('page-scripts');
