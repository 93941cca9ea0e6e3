import { Host } from '../plugin/host.ts';
import { loadPlugin } from '../plugin/load.ts';
import { servicesOf } from '../plugin/order.ts';
import { settingOf } from './setting.ts';

/** Lists what would run, in the order of set-up, and then what is off. It sets the plugins up, and starts nothing. */
export async function plugins(config: string | undefined): Promise<void> {
  const setting = await settingOf(config);
  const because = (key: string) => (setting.named.has(key) ? setting.place.name : 'the standard set');
  const host = await Host.setUp(setting);
  try {
    for (const { loaded, hooks, commands } of host.plugins()) {
      const { key, plugin, from } = loaded;
      show(plugin.name, `on, by ${because(key)}`, {
        does: plugin.summary,
        from,
        hooks: hooks.join(', '),
        commands: commands.join(', '),
        provides: servicesOf(plugin.provides).join(', '),
        needs: servicesOf(plugin.needs).join(', '),
      });
    }
  } finally {
    await host.stop('shutdown');
  }
  for (const [key, entry] of Object.entries(setting.plugins)) {
    if (entry !== false) continue;
    const { plugin, from } = await loadPlugin(key, setting.place);
    show(plugin.name, `off, by ${because(key)}`, { does: plugin.summary, from });
  }
}

function show(name: string, state: string, facts: Readonly<Record<string, string>>): void {
  process.stdout.write(`${name}: ${state}\n`);
  for (const [fact, value] of Object.entries(facts)) {
    if (value !== '') process.stdout.write(`  ${fact.padEnd(9)} ${value}\n`);
  }
}
