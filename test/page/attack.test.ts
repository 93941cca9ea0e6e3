import { describe, expect, test } from 'vitest';
import { startTown } from '../support/town.ts';
import { CHROMIUM } from '../support/visitor.ts';

/** What people who mean harm write. */
const TEXTS = [
  '<script>window.harmed = 1</script>',
  '<img src=x onerror="window.harmed = 1">',
  '"><svg onload=window.harmed=1>',
  '</div></li></ol><h1>the end</h1>',
  'javascript:window.harmed=1 and data:text/html,<script>1</script>',
  '&lt;b&gt; &amp; &#x3c;i&#x3e; {{title}} %s',
  'https://example.org/"onmouseover="window.harmed=1',
  'http://trusted.example@evil.example/',
  'https://example.org/\u202egnp.exe',
  '\u202eturned around\u202c and \u2066isolated',
  `${'\u0301'.repeat(200)} z${'\u0352'.repeat(100)}`,
  'w'.repeat(3000),
  `https://example.org/${'p'.repeat(2000)}`,
  '__proto__ constructor toString',
];

describe.skipIf(CHROMIUM === undefined)('an attack with text', { timeout: 120_000 }, () => {
  test('is shown as it was written, runs nothing and moves nothing', async () => {
    await using town = await startTown();
    const ada = await town.arrives({ viewport: { width: 360, height: 740 } });
    await ada.registers('ada');
    const mallory = await town.server.joins('m<b>-&lt;&amp;');
    for (const text of TEXTS) {
      await mallory.says(`broadcast ${text}`);
      await mallory.sees('sent:');
    }
    await expect.poll(() => ada.messages.count()).toBe(TEXTS.length);
    expect(await ada.texts()).toEqual(TEXTS);
    await mallory.says('broadcast \u001b[2J\u001b]0;title\u0007 escape');
    await mallory.sees('sent:');
    await ada.hears('[2J]0;title escape');

    expect(await ada.page.evaluate('window.harmed')).toBeUndefined();
    expect(
      await ada.page.locator('#messages :is(script, img, h1, b, i, [onerror], [onload], [onmouseover])').count(),
    ).toBe(0);
    // Of all links only those remain that show where they lead.
    const links = await ada.page
      .locator('#messages a')
      .evaluateAll((found) =>
        found.map((link) => [link.getAttribute('href'), link.getAttribute('rel'), link.textContent]),
      );
    expect(links.map(([href]) => href)).toEqual(['https://example.org/', `https://example.org/${'p'.repeat(2000)}`]);
    for (const [href, rel, text] of links) {
      expect(href).toBe(text);
      expect(rel).toContain('noopener noreferrer');
    }
    // Nothing is wider than the phone.
    const width = 'Math.max(document.documentElement.scrollWidth, document.querySelector("#scroll").scrollWidth)';
    expect(await ada.page.evaluate(width)).toBeLessThanOrEqual(360);
    await ada.page.locator('#back').click();
    await ada.page.locator('.who bdi', { hasText: 'm<b>-&lt;&amp;' }).waitFor();
    expect(await ada.page.evaluate(width)).toBeLessThanOrEqual(360);
  });

  test("cannot become markup even through the page's own code: the policy forbids it", async () => {
    await using town = await startTown({}, [/TrustedHTML|Content Security Policy|TrustedScript/]);
    const { page } = await town.arrives();
    const tried = async (code: string) =>
      page.evaluate(`(() => { try { ${code}; return 'done' } catch (e) { return e.name } })()`);
    expect(await tried("document.body.innerHTML = '<b>x</b>'")).toBe('TypeError');
    expect(await tried("document.createElement('script').text = '1'")).toBe('TypeError');
    const blocked = page.evaluate(
      "new Promise((r) => addEventListener('securitypolicyviolation', (e) => r(e.effectiveDirective), { once: true }))",
    );
    await page.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/x.png' }))");
    expect(await blocked).toBe('img-src');
  });
});
