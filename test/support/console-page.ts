// The console in a page of a real browser.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { seriousFaults } from './axe.ts'
import { startBrowser } from './browser.ts'
import { ACCOUNT_SID, AUTH_TOKEN, startServer, type TestServer } from './server.ts'

const SCREENSHOTS = join(import.meta.dirname, '../../screenshots')

/** What is half faded in has no contrast yet. */
const STILL = { reducedMotion: 'reduce' } as const

/** The two ends of how the console is looked at. */
export const LOOKS = {
  desktop: { ...STILL, colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  phone: {
    ...STILL,
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
  },
} as const satisfies Record<string, BrowserContextOptions>
export type Look = keyof typeof LOOKS
export const EACH_LOOK = Object.keys(LOOKS) as Look[]

export type Visitor = AsyncDisposable & {
  page: Page
  context: BrowserContext
  /** Everything that was wrong in the page: errors of scripts, refusals of the content policy, requests to other hosts. */
  faults: string[]
}

/** A fresh profile on the server's console. */
export async function visit(browser: Browser, url: string, look: Look = 'desktop'): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: url, ...LOOKS[look] })
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

export type Stage = AsyncDisposable & {
  server: TestServer
  /** The page of somebody who has signed in. Each look has one: the program loads once. */
  enter(look: Look): Promise<Visitor>
}

/** One server and one browser with a page for each look: what starts slowly is started once for a file. */
export async function startStage(): Promise<Stage> {
  const [server, { browser, ...closing }] = await Promise.all([startServer(), startBrowser()])
  const visitors = new Map<Look, Visitor>()
  return {
    server,
    async enter(look) {
      const visitor = visitors.get(look) ?? (await signedIn(browser, server.url, look))
      visitors.set(look, visitor)
      visitor.faults.length = 0
      return visitor
    },
    async [Symbol.asyncDispose]() {
      await closing[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** As a link of the console would: without loading the program anew. */
export async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate(`
    history.pushState({}, '', ${JSON.stringify(path)})
    dispatchEvent(new PopStateEvent('popstate'))`)
}

async function signedIn(browser: Browser, url: string, look: Look): Promise<Visitor> {
  const visitor = await visit(browser, url, look)
  const { context, page } = visitor
  const form = { AccountSid: ACCOUNT_SID, AuthToken: AUTH_TOKEN }
  const headers = { 'x-parley-console': '1' }
  const answer = await context.request.post('/parley/v1/Session', { form, headers })
  expect(answer.status()).toBe(201)
  await page.goto('/console/')
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
  return visitor
}

/** Keeps a picture for people to look at, which git leaves aside, and fails for what some cannot use or see. */
export async function review(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  expect(await seriousFaults(page), name).toEqual([])
  const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
  expect(await page.evaluate(isTooWide), `${name} is wider than the window`).toBe(false)
}
