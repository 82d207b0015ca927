// What people do in the console, in a real browser, at a desk and on a phone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasNoBrowser } from '../support/browser.ts'
import { EACH_LOOK, follow, review, type Stage, startStage } from '../support/console-page.ts'
import { givenShop } from '../support/console-shop.ts'
import { startReceiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

describe.skipIf(hasNoBrowser)('in Chromium', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await startStage()
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  test.each(EACH_LOOK)('two people chat through the unmodified SDK: %s', async (look) => {
    const { base } = await givenShop(stage.server)
    const visitor = await stage.enter(look)
    const { page } = visitor
    await follow(page, `${base}/try`)
    const alice = page.getByRole('region', { name: 'What alice sees' })
    const bob = page.getByRole('region', { name: 'What bob sees' })
    await alice.getByText('connected', { exact: true }).waitFor()
    await bob.getByText('connected', { exact: true }).waitFor()

    const write = alice.getByLabel('Message from alice')
    // The indicator lasts a few seconds, and bob may only just have come: whoever goes on typing is seen.
    await until('the indicator', async () => {
      await write.fill('')
      await write.pressSequentially('Hello')
      const seen = bob.getByText('alice is typing').waitFor({ timeout: 6_000 })
      return seen.then(
        () => true,
        () => false,
      )
    })
    await write.press('Enter')
    await bob.getByRole('log').getByText('Hello').waitFor()
    await alice.getByText('read by bob').waitFor()
    await bob.getByLabel('Message from bob').fill('Hi alice')
    await bob.getByRole('button', { name: 'Send as bob' }).click()
    await alice.getByRole('log').getByText('Hi alice').waitFor()

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
    await review(page, `${look}-try-it`)
    await bob.getByRole('button', { name: 'Actions for message 1' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await alice.getByRole('log').getByText('Hi alice').waitFor({ state: 'detached' })

    expect(await page.getByLabel('code for Browser', { exact: true }).textContent()).toMatch(
      /const token = 'ey[\w-]+\.[\w-]+\.[\w-]+'/,
    )
    expect(visitor.faults).toEqual([])
  })

  test('a pane that may not see its channel says so and keeps no connection', async () => {
    const { base, service } = await givenShop(stage.server)
    const { sid } = await service.channels.create({ uniqueName: 'closed', type: 'private' })
    const { context } = await stage.enter('desktop')
    const page = await context.newPage()
    const sockets = { opened: 0, open: 0 }
    page.on('websocket', (socket) => {
      sockets.opened++
      sockets.open++
      socket.on('close', () => sockets.open--)
    })
    // They are members when the page prepares the channel, and no more when the SDK asks for it.
    const { members } = service.channels(sid)
    await page.route('**/Tokens', async (route) => {
      await Promise.allSettled([members('alice').remove(), members('bob').remove()])
      await route.continue()
    })

    await page.goto(`${base}/try?channel=closed`)
    await page.getByRole('region', { name: 'What alice sees' }).getByRole('alert').waitFor()
    await page.getByRole('region', { name: 'What bob sees' }).getByRole('alert').waitFor()
    expect(sockets.opened).toBe(2)
    await expect.poll(() => sockets.open, { timeout: 10_000 }).toBe(0)
    await page.close()
  })

  test('a bundle that could not be loaded once is loaded the next time', async () => {
    const { base } = await givenShop(stage.server)
    const { context } = await stage.enter('desktop')
    const page = await context.newPage()
    const bundle = '**/vendor/twilio-chat*'
    await page.route(bundle, (route) => route.abort())
    await page.goto(`${base}/try`)
    const alice = page.getByRole('region', { name: 'What alice sees' })
    await alice.getByText('The SDK could not be loaded').waitFor()

    await page.unroute(bundle)
    await follow(page, `${base}/channels`)
    await alice.waitFor({ state: 'detached' })
    await follow(page, `${base}/try`)
    await alice.getByText('connected', { exact: true }).waitFor()
    await page.close()
  })

  test.each(EACH_LOOK)(
    'messages are searched, appear live, and are deleted with a question: %s',
    async (look) => {
      const { base, channelSid, service } = await givenShop(stage.server)
      const visitor = await stage.enter(look)
      const { page } = visitor
      await follow(page, `${base}/channels/${channelSid}`)
      const log = page.getByRole('log')
      await log.getByText('Where is the lamp?').waitFor()
      await service.channels(channelSid).messages.create({ from: 'bob', body: 'Live from the other side' })
      await log.getByText('Live from the other side').waitFor()

      await page.getByLabel('Search messages').fill('LAMP')
      await log.getByText('Thank you').waitFor({ state: 'detached' })
      await log.getByText('Where is the lamp?').waitFor()
      await page.waitForURL(/text=LAMP/)
      await review(page, `${look}-search`)
      await page.getByRole('button', { name: 'Delete message 0' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).waitFor()
      await review(page, `${look}-question`)
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await page.getByText('No message holds this text').waitFor()
      expect(visitor.faults).toEqual([])
    },
  )

  test.each(EACH_LOOK)('a failed webhook shows request and answer, and is sent again: %s', async (look) => {
    await using receiver = await startReceiver(() => ({ status: 500, body: 'out of order' }))
    const { base, service, channelSid } = await givenShop(stage.server)
    await service.update({ postWebhookUrl: receiver.url(), webhookFilters: ['onMessageSent'] })
    const sent = { from: 'alice', body: 'Heard?', xTwilioWebhookEnabled: 'true' as const }
    await service.channels(channelSid).messages.create(sent)
    const visitor = await stage.enter(look)
    const { page } = visitor
    await follow(page, `${base}/deliveries?state=failed`)
    await page.getByRole('link', { name: 'onMessageSent' }).click()
    await page.getByText('out of order').waitFor()
    await page.getByRole('table', { name: 'Parameters' }).getByText('Heard?').waitFor()
    await review(page, `${look}-webhook`)

    receiver.answer(() => ({ body: 'thanks' }))
    await page.getByRole('button', { name: 'Replay' }).click()
    await page.getByText('delivered', { exact: true }).waitFor()
    await page.getByText('thanks').waitFor()
    expect(visitor.faults).toEqual([])
  })

  test.each(EACH_LOOK)('settings are explained, saved, and refused with the reason: %s', async (look) => {
    const { base, service } = await givenShop(stage.server)
    const visitor = await stage.enter(look)
    const { page } = visitor
    await follow(page, `${base}/settings`)
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
    await review(page, `${look}-settings`)
    expect((await service.fetch()).postWebhookUrl).toBeNull()
    expect(visitor.faults).toEqual([])
  })

  test('a page that nobody sees asks for nothing', async () => {
    const { base, channelSid } = await givenShop(stage.server)
    const { context } = await stage.enter('desktop')
    const page = await context.newPage()
    await page.clock.install()
    await page.goto(`${base}/channels/${channelSid}`)
    await page.getByText('Where is the lamp?').waitFor()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const show = (state: 'hidden' | 'visible') =>
      page.evaluate(`
        Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true })
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)
    await show('hidden')
    asked.length = 0
    await page.clock.runFor(30_000)
    expect(asked).toEqual([])
    await show('visible')
    await page.clock.runFor(3_000)
    await expect.poll(() => asked.some((url) => url.includes('/Messages')), { timeout: 20_000 }).toBe(true)
    await page.close()
  })
})
