// A page with an SDK's own browser bundle, on an origin of its own.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { TestBrowser } from '../support/browser.ts'

const MODULES = join(import.meta.dirname, '../../node_modules')
export const BUNDLES = {
  '5.0.2': join(MODULES, 'twilio-chat-5/dist/twilio-chat.min.js'),
  '6.0.0': join(MODULES, 'twilio-chat-6/builds/twilio-chat.min.js'),
}

export type Origin = AsyncDisposable & { url: string }

/** Serves one empty page. */
export async function startOrigin(): Promise<Origin> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>an app</title>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export type ChatPage = {
  page: Page
  /** What the page could not cope with: uncaught errors and errors on its console. */
  problems: string[]
  /** The version that runs in the page. */
  version(): Promise<string>
  /** Starts a client; its events are kept in the page. */
  connect(token: string, wsUrl: string): Promise<void>
  /** Runs in the page with `client` and `channel`, the channel of `open`; what it returns must be plain data. */
  run<T>(body: string): Promise<T>
  /** Waits until the page has seen an event that fits the expression over `event` and `it`. */
  sees(expression: string): Promise<void>
}

export async function openChatPage(
  { browser }: TestBrowser,
  origin: string,
  bundle: keyof typeof BUNDLES,
): Promise<ChatPage> {
  const page = await (await browser.newContext()).newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto(origin)
  await page.addScriptTag({ path: BUNDLES[bundle] })
  await page.addScriptTag({ content: HELPERS })
  const run = <T>(body: string): Promise<T> => page.evaluate(`(async () => { ${body} })()`) as Promise<T>
  return {
    ...{ page, problems, run },
    version: () => run('return Twilio.Chat.Client.version'),
    connect: (token, wsUrl) => run(`await connect(${JSON.stringify(token)}, ${JSON.stringify(wsUrl)})`),
    async sees(expression) {
      await page.waitForFunction(`seen.some(({ event, it }) => ${expression})`, undefined, {
        timeout: 30_000,
      })
    },
  }
}

const HELPERS = `
  var client, channel, seen = []
  const EVENTS = ['channelJoined', 'messageAdded', 'memberJoined', 'memberLeft', 'typingStarted', 'messageUpdated',
    'channelUpdated', 'connectionStateChanged']
  async function connect(token, uri) {
    client = await Twilio.Chat.Client.create(token, { Twilsock: { uri } })
    for (const event of EVENTS) client.on(event, (it) => seen.push({ event, it }))
  }`
