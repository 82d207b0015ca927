// What a person with a screen reader, a keyboard or weak eyes would stumble over in a page.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Violation = { id: string; impact: string; nodes: { html: string }[] }

/** The faults that axe calls serious or critical, each with the place. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // Evaluated from outside: the page's own policy lets no script in.
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(AXE)
  const violations = (await page.evaluate(`
    axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)`)) as Violation[]
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}
