import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { linkedFiles, sourcePage } from '../.vitepress/repository.ts';

/** The site's pages for files outside of docs/: code as code, Markdown as it is. */
export default {
  paths() {
    const pages = globSync('**/*.md', {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      exclude: ['source/**'],
    });
    return linkedFiles(pages).map(({ path, text }) => ({
      params: { file: sourcePage(path).replace(/^source\/|\.md$/g, '') },
      content: path.endsWith('.md') ? text : `# ${path}\n\n\`\`\`text\n${text}\`\`\`\n`,
    }));
  },
};
