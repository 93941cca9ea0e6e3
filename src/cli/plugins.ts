import { plan } from '../plugin/host.ts';
import { loadPlugin } from '../plugin/load.ts';
import { settingOf } from './setting.ts';

/** Lists what would run, in the order of set-up, and then what is off. */
export async function plugins(config: string | undefined): Promise<void> {
  const setting = await settingOf(config);
  const on = await plan(setting);
  const rows = on.map(({ key, plugin, from }) => [plugin.name, 'on', key === from ? key : from, plugin.summary]);
  for (const [key, entry] of Object.entries(setting.plugins)) {
    if (entry !== false) continue;
    const { plugin, from } = await loadPlugin(key, setting.place);
    rows.push([plugin.name, 'off', from, `${plugin.summary} (\`false\` in ${setting.place.name} or the standard set)`]);
  }
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  for (const row of rows) {
    process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`);
  }
}
