// Takes the pictures of the console that the README and docs/ show, from a server of its own with seeded data:
// node scripts/take-pictures.ts
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startBrowser } from '../test/support/browser.ts'
import { spawnParley } from '../test/support/process.ts'

const PICTURES = join(import.meta.dirname, '../docs/pictures')
const MAX_BYTES = 150_000
const ACCOUNT = { AccountSid: `AC${'0'.repeat(31)}1`, AuthToken: 'picture' }
const HEADERS = { 'x-parley-console': '1' }

async function seed(folder: string): Promise<{ settings: Record<string, string>; service: string }> {
  const settings = {
    PORT: '0',
    PARLEY_DATA_DIR: folder,
    DATABASE_URL: `sqlite:${join(folder, 'parley.db')}`,
    PARLEY_ACCOUNT_SID: ACCOUNT.AccountSid,
    PARLEY_AUTH_TOKEN: ACCOUNT.AuthToken,
  }
  await using parley = spawnParley(['seed'], settings)
  const service = (await parley.line('IS')).trim()
  await parley.exit
  return { settings, service }
}

async function keep(page: Page, name: string): Promise<void> {
  const path = join(PICTURES, `${name}.png`)
  await page.mouse.move(0, 0)
  await page.screenshot({ path })
  const { size } = statSync(path)
  if (size > MAX_BYTES) throw new Error(`${name}.png has ${size} bytes, more than ${MAX_BYTES}`)
  console.log(`${name}.png, ${Math.round(size / 1000)} kB`)
}

/** Two people who talk about an order. */
async function takeTryIt(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/try?a=frank@example.com&b=amara&channel=support-1041`)
  const frank = page.getByRole('region', { name: 'What frank@example.com sees' })
  const amara = page.getByRole('region', { name: 'What amara sees' })
  await frank.getByText('connected', { exact: true }).waitFor()
  await amara.getByText('connected', { exact: true }).waitFor()
  await frank.getByLabel('Message from').fill('The lamp has arrived, thank you!')
  await frank.getByLabel('Message from').press('Enter')
  await amara.getByText('The lamp has arrived').waitFor()
  await frank.getByText('read by amara').last().waitFor()
  await amara.getByLabel('Message from').pressSequentially('Wonderful. Enjoy it')
  await frank.getByText('amara is typing').waitFor()
  await keep(page, 'try-it')
}

async function takeChannel(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/channels?prefix=gen`)
  await page.getByRole('link', { name: 'General' }).click()
  await page.getByRole('log').getByText('Good morning').first().waitFor()
  await keep(page, 'channel')
}

/** The same channel on a phone, in the dark. */
async function takePhone(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 390, height: 660 })
  await page.getByRole('button', { name: 'Menu' }).waitFor()
  await keep(page, 'phone')
}

const folder = mkdtempSync(join(tmpdir(), 'parley-pictures-'))
try {
  mkdirSync(PICTURES, { recursive: true })
  const { settings, service } = await seed(folder)
  await using parley = spawnParley(['serve'], settings)
  const { url } = await parley.listening()
  await using started = await startBrowser()
  const viewport = { width: 1120, height: 660 }
  const options = { baseURL: url, viewport, reducedMotion: 'reduce' as const }
  const context = await started.browser.newContext(options)
  await context.request.post('/parley/v1/Session', { form: ACCOUNT, headers: HEADERS })
  const page = await context.newPage()
  const base = `/console/services/${service}`
  await takeTryIt(page, base)
  await takeChannel(page, base)
  await takePhone(page)
} finally {
  rmSync(folder, { recursive: true })
}
