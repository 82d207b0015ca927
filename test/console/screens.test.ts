// The console as people use it, in a real browser.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasNoBrowser, startBrowser, type TestBrowser } from '../support/browser.ts'
import { PHONE, shoot, signIn, visit } from '../support/console-page.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Violation = { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }

/** What a person with a screen reader, a keyboard or weak eyes would stumble over. */
async function seriousFaults(page: Page): Promise<string[]> {
  // Evaluated from outside: the page's own policy lets no script in.
  const violations = (await page.evaluate(`
    ${AXE}
    axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)`)) as Violation[]
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}

/** As a link of the console would: without loading the program anew. `title` is the screen's. */
async function open(page: Page, path: string, title: string): Promise<void> {
  await page.evaluate(`
    history.pushState({}, '', ${JSON.stringify(path)})
    dispatchEvent(new PopStateEvent('popstate'))`)
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
  await expect.poll(() => page.locator('[aria-busy=true]').count(), { timeout: 20_000 }).toBe(0)
}

async function givenShop(server: TestServer) {
  const service = await server.givenService()
  const { sid } = await service.channels.create({ uniqueName: 'lobby', friendlyName: 'Lobby' })
  await service.channels.create({ friendlyName: 'Workshop', type: 'private' })
  await service.channels(sid).members.create({ identity: 'alice' })
  for (const body of ['Where is the lamp?', 'On the second shelf', 'Thank you']) {
    await service.channels(sid).messages.create({ from: 'alice', body })
  }
  const { sid: serviceSid } = await service.fetch()
  return { service, base: `/console/services/${serviceSid}`, channelSid: sid }
}

describe.skipIf(hasNoBrowser)('screens', () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser[Symbol.asyncDispose]())

  test('two people chat through the unmodified SDK: typing, reading, editing, deleting', async () => {
    await using server = await startServer()
    await using visitor = await visit(browser.browser, server.url)
    const { page } = visitor
    await signIn(page)
    await page.getByRole('button', { name: 'Make a service and try it' }).click()
    const alice = page.getByRole('region', { name: 'What alice sees' })
    const bob = page.getByRole('region', { name: 'What bob sees' })
    await alice.getByText('connected', { exact: true }).waitFor()
    await bob.getByText('connected', { exact: true }).waitFor()

    const write = alice.getByLabel('Message from alice')
    await write.pressSequentially('Hello')
    await bob.getByText('alice is typing').waitFor()
    await write.press('Enter')
    await bob.getByRole('log').getByText('Hello').waitFor()
    await alice.getByText('read by bob').waitFor()
    await bob.getByLabel('Message from bob').fill('Hi alice')
    await bob.getByRole('button', { name: 'Send as bob' }).click()
    await alice.getByRole('log').getByText('Hi alice').waitFor()
    await shoot(page, 'try-it')

    const file = { name: 'lamp.txt', mimeType: 'text/plain', buffer: Buffer.from('A lamp') }
    await alice.locator('input[type=file]').setInputFiles(file)
    const opened = visitor.context.waitForEvent('page', { timeout: 30_000 })
    await bob.getByRole('button', { name: 'lamp.txt' }).click()
    const tab = await opened
    await tab.getByText('A lamp').waitFor()
    await tab.close()

    await alice.getByRole('button', { name: 'Actions for message 0' }).click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    await page.getByRole('dialog').getByLabel('Text').fill('Hello there')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await bob.getByRole('log').getByText('Hello there').waitFor()
    await bob.getByRole('button', { name: 'Actions for message 1' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await alice.getByRole('log').getByText('Hi alice').waitFor({ state: 'detached' })

    expect(await page.getByLabel('code for Browser', { exact: true }).textContent()).toMatch(
      /const token = 'ey[\w-]+\.[\w-]+\.[\w-]+'/,
    )
    expect(visitor.faults).toEqual([])
  })

  test('channels are found by name, type and member, and the address says what is shown', async () => {
    await using server = await startServer()
    const { base } = await givenShop(server)
    await using visitor = await visit(browser.browser, server.url)
    const { page } = visitor
    await signIn(page)
    await page.goto(`${base}/channels`)
    const table = page.getByRole('table', { name: 'Channels' })
    await table.getByText('Workshop').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('lob')
    await table.getByText('Workshop').waitFor({ state: 'detached' })
    await page.waitForURL(/prefix=lob/)
    await page.goto(`${base}/channels?member=alice&type=public`)
    await table.getByRole('link', { name: 'Lobby' }).waitFor()
    expect(await table.getByRole('row').count()).toBe(2)
    await page.goto(`${base}/channels?type=private&member=alice`)
    await page.getByText('No channel fits').waitFor()
    expect(visitor.faults).toEqual([])
  })

  test('messages are searched, appear live, and are edited and deleted with a question', async () => {
    await using server = await startServer()
    const { base, channelSid, service } = await givenShop(server)
    await using visitor = await visit(browser.browser, server.url)
    const { page } = visitor
    await signIn(page)
    await page.goto(`${base}/channels/${channelSid}`)
    const log = page.getByRole('log')
    await log.getByText('Where is the lamp?').waitFor()
    await service.channels(channelSid).messages.create({ from: 'bob', body: 'Live from the other side' })
    await log.getByText('Live from the other side').waitFor()
    await shoot(page, 'messages')

    await page.getByLabel('Search messages').fill('LAMP')
    await log.getByText('Thank you').waitFor({ state: 'detached' })
    await log.getByText('Where is the lamp?').waitFor()
    await page.getByRole('button', { name: 'Delete message 0' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('No message holds this text').waitFor()
    expect(visitor.faults).toEqual([])
  })

  test('a failed webhook shows request and answer, and is sent again', async () => {
    await using receiver = await startReceiver(() => ({ status: 500, body: 'out of order' }))
    await using server = await startServer()
    const { base, service, channelSid } = await givenShop(server)
    await service.update({ postWebhookUrl: receiver.url(), webhookFilters: ['onMessageSent'] })
    const sent = { from: 'alice', body: 'Heard?', xTwilioWebhookEnabled: 'true' as const }
    await service.channels(channelSid).messages.create(sent)
    await using visitor = await visit(browser.browser, server.url)
    const { page } = visitor
    await signIn(page)
    await page.goto(`${base}/deliveries?state=failed`)
    await page.getByRole('link', { name: 'onMessageSent' }).click()
    await page.getByText('out of order').waitFor()
    await page.getByRole('table', { name: 'Parameters' }).getByText('Heard?').waitFor()
    await shoot(page, 'webhook')

    receiver.answer(() => ({ body: 'thanks' }))
    await page.getByRole('button', { name: 'Replay' }).click()
    await page.getByText('delivered', { exact: true }).waitFor()
    await page.getByText('thanks').waitFor()
    expect(visitor.faults).toEqual([])
  })

  test('settings are explained, saved, and refused with the reason', async () => {
    await using server = await startServer()
    const { base, service } = await givenShop(server)
    await using visitor = await visit(browser.browser, server.url)
    const { page } = visitor
    await signIn(page)
    await page.goto(`${base}/settings`)
    await page.getByLabel('Reachability').check()
    await page.getByLabel('Typing ends after').fill('7')
    await page.getByText('2 settings changed').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Nothing changed').waitFor()
    const saved = await service.fetch()
    expect([saved.reachabilityEnabled, saved.typingIndicatorTimeout]).toEqual([true, 7])

    await page.getByLabel('Post-event URL').fill('no address')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Invalid post-webhook URL').waitFor()
    await shoot(page, 'settings')
    expect((await service.fetch()).postWebhookUrl).toBeNull()
    expect(visitor.faults).toEqual([])
  })

  test.each([
    { name: 'desktop-light', options: { colorScheme: 'light' as const } },
    { name: 'phone-dark', options: { colorScheme: 'dark' as const, viewport: PHONE } },
  ])('every screen can be used by all: $name', async ({ name, options }) => {
    await using server = await startServer()
    const { base, channelSid } = await givenShop(server)
    await using visitor = await visit(browser.browser, server.url, options)
    const { page } = visitor
    await page.goto('/console/')
    await page.getByLabel('Account SID').waitFor()
    const faults: Record<string, string[]> = { 'sign-in': await seriousFaults(page) }
    await signIn(page)
    const screens: [name: string, path: string, title: string][] = [
      ['services', '/console/', 'Services'],
      ['credentials', '/console/credentials', 'Credentials'],
      ['charts', '/console/charts', 'Charts'],
      ['try', `${base}/try`, 'Try it'],
      ['channels', `${base}/channels`, 'Channels'],
      ['channel', `${base}/channels/${channelSid}`, 'Lobby'],
      ['members', `${base}/channels/${channelSid}/members`, 'Lobby'],
      ['users', `${base}/users`, 'Users'],
      ['user', `${base}/users/alice`, 'alice'],
      ['roles', `${base}/roles`, 'Roles'],
      ['deliveries', `${base}/deliveries`, 'Webhooks'],
      ['push', `${base}/push?user=alice&channel=lobby`, 'Push'],
      ['push-log', `${base}/push/log`, 'Push'],
      ['push-devices', `${base}/push/devices`, 'Push'],
      ['settings', `${base}/settings`, 'Settings'],
    ]
    for (const [screen, path, title] of screens) {
      await open(page, path, title)
      await shoot(page, `${name}-${screen}`)
      faults[screen] = await seriousFaults(page)
    }
    expect(Object.entries(faults).filter(([, list]) => list.length > 0)).toEqual([])
    expect(visitor.faults).toEqual([])
  })
})
