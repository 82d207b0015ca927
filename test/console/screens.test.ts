// Every screen of the console in a real browser: usable by all, found again by its address.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasNoBrowser } from '../support/browser.ts'
import { EACH_LOOK, follow, review, type Stage, startStage } from '../support/console-page.ts'
import { givenShop } from '../support/console-shop.ts'

async function open(page: Page, path: string, title: string): Promise<void> {
  await follow(page, path)
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached', timeout: 20_000 })
}

describe.skipIf(hasNoBrowser)('in Chromium', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await startStage()
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  test.each(EACH_LOOK)('every screen can be used by all: %s', async (look) => {
    const { base, channelSid } = await givenShop(stage.server)
    const visitor = await stage.enter(look)
    const { page } = visitor
    const screens: [name: string, path: string, title: string][] = [
      ['services', '/console/', 'Services'],
      ['credentials', '/console/credentials', 'Credentials'],
      ['charts', '/console/charts', 'Charts'],
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
      await review(page, `${look}-screen-${screen}`)
    }
    expect(visitor.faults).toEqual([])
  })
})
