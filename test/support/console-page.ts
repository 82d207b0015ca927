// The console in a page of a real browser.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { ACCOUNT_SID, AUTH_TOKEN } from './server.ts'

const SCREENSHOTS = join(import.meta.dirname, '../../screenshots')

export const DESKTOP = { width: 1280, height: 800 }
export const PHONE = { width: 390, height: 844 }

export type Visitor = AsyncDisposable & {
  page: Page
  context: BrowserContext
  /** Everything that was wrong in the page: errors of scripts, refusals of the content policy, requests to other hosts. */
  faults: string[]
}

/** A fresh profile on the server's console. */
export async function visit(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: DESKTOP, baseURL: url, ...options })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) faults.push(text)
  })
  page.on('request', (request) => {
    const { protocol, hostname, port } = new URL(request.url())
    const isServer = ['localhost', '127.0.0.1'].includes(hostname) && port === new URL(url).port
    const isLocal = protocol === 'data:' || protocol === 'blob:' || isServer
    if (!isLocal) faults.push(`asked ${request.url()}`)
  })
  return { page, context, faults, [Symbol.asyncDispose]: () => context.close() }
}

export async function signIn(page: Page): Promise<void> {
  await page.goto('/console/')
  await page.getByLabel('Account SID').fill(ACCOUNT_SID)
  await page.getByLabel('Auth token').first().fill(AUTH_TOKEN)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

/** Kept for people to look at; git and CI leave them aside. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
}
