import { Host } from '../host/host.ts';
import { Lifecycle } from '../host/lifecycle.ts';
import { loadPlugin } from '../host/load.ts';
import { servicesOf } from '../host/order.ts';
import type { LivePluginFacts } from '../services/plugins.ts';
import { factsOf } from './control.ts';
import { print } from './print.ts';
import { settingOf } from './setting.ts';
import { inTime } from './units.ts';

/**
 * Lists the plugins that are on, in the order of set-up, the order of the handlers of each hook, and the plugins that are
 * off. A dry run: it sets the plugins up, but starts and changes nothing.
 */
export async function plugins(config: string | undefined): Promise<void> {
  const setting = await settingOf(config);
  const because = (key: string) => (setting.named.has(key) ? setting.place.name : 'the standard set');
  const running = await factsOf(config);
  const host = await Host.setUp({ ...setting, dryRun: true });
  try {
    if (running !== undefined) print('A server is running with this config; its counts are shown.\n\n');
    for (const { loaded, hooks, commands, codecs } of host.plugins()) {
      const { key, plugin, from } = loaded;
      show(plugin.name, `on, by ${because(key)}`, {
        does: plugin.summary,
        from,
        hooks: hooks.join(', '),
        commands: commands.join(', '),
        codecs: codecs.join(', '),
        provides: servicesOf(plugin.provides).join(', '),
        needs: servicesOf(plugin.needs).join(', '),
      });
      showMeters(running?.plugins.find(({ name }) => name === plugin.name));
    }
    print('\nHandlers, in the order in which they run:\n');
    let shown = '';
    for (const { hook, phase, plugins } of host.orders()) {
      print(`  ${(hook === shown ? '' : hook).padEnd(15)} ${phase.padEnd(9)} ${plugins.join(', ')}\n`);
      shown = hook;
    }
    print('\n');
  } finally {
    await host.stop('shutdown');
  }
  for (const [key, entry] of Object.entries(setting.plugins)) {
    if (entry !== false) continue;
    const { plugin, from } = await loadPlugin(
      key,
      { ...setting.place, standard: setting.standard },
      new Lifecycle(setting),
    );
    show(plugin.name, `off, by ${because(key)}`, { does: plugin.summary, from });
  }
}

/** Shows what the running server counted for a plugin. */
function showMeters(facts: LivePluginFacts | undefined): void {
  if (facts?.quarantined) print('  QUARANTINED: it failed too often; a reload calls it again\n');
  for (const { what, calls, errors, mean, p99 } of facts?.meters ?? []) {
    if (calls === 0) continue;
    const failed = errors === 0 ? '' : `, ${errors} failed`;
    print(`  ${what.padEnd(20)} ${calls} calls${failed}, ${inTime(mean)} each, p99 ${inTime(p99)}\n`);
  }
}

function show(name: string, state: string, facts: Readonly<Record<string, string>>): void {
  print(`${name}: ${state}\n`);
  for (const [fact, value] of Object.entries(facts)) {
    if (value !== '') print(`  ${fact.padEnd(9)} ${value}\n`);
  }
}
