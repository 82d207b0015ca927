// Finding, making, changing and deleting things in the console, in a real browser.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasNoBrowser } from '../support/browser.ts'
import { follow, review, type Stage, startStage } from '../support/console-page.ts'
import { givenShop } from '../support/console-shop.ts'

const SOON = { timeout: 20_000 }

/** Fills the open dialog, by the labels of its fields, and sends it. */
async function fillIn(page: Page, fields: Record<string, string>, submit: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label).first().fill(value)
  await dialog.getByRole('button', { name: submit, exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).click()
}

async function removeWithQuestion(page: Page, button: string): Promise<void> {
  await press(page, button)
  await fillIn(page, {}, 'Delete')
}

describe.skipIf(hasNoBrowser)('in Chromium', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await startStage()
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  test('channels are found by name, type and member, and the address says what is shown', async () => {
    const { base } = await givenShop(stage.server)
    const visitor = await stage.enter('desktop')
    const { page } = visitor
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

  test('services and credentials are made, changed and deleted', async () => {
    const { page, faults } = await stage.enter('desktop')
    const { chat } = stage.server.client
    await follow(page, '/console/')
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor()
    await page.getByRole('button', { name: /New service|Make a service/ }).waitFor()
    await stage.server.givenService()
    await page.reload()
    await press(page, 'New service')
    await fillIn(page, { Name: 'Bakery' }, 'Create')
    await press(page, 'Edit Bakery')
    await fillIn(page, { Name: 'Bread' }, 'Save')
    await page.getByRole('link', { name: 'Bread' }).waitFor()
    await removeWithQuestion(page, 'Delete Bread')
    await page.getByRole('link', { name: 'Bread' }).waitFor({ state: 'detached' })

    await follow(page, '/console/credentials')
    await press(page, 'New credential')
    await page.getByRole('menuitem', { name: 'Google (GCM)' }).click()
    await fillIn(page, { Name: 'Old phones', 'API key': 'k' }, 'Create')
    await press(page, 'Edit Old phones')
    await fillIn(page, { Name: 'Older phones' }, 'Save')
    expect((await chat.v2.credentials.list()).map((one) => one.friendlyName)).toEqual(['Older phones'])
    await removeWithQuestion(page, 'Delete Older phones')
    await page.getByText('No push credentials').waitFor()
    expect(faults).toEqual([])
  })

  test('channels, members and users are made, changed and deleted', async () => {
    const { base, service } = await givenShop(stage.server)
    const { page, faults } = await stage.enter('desktop')
    await follow(page, `${base}/channels`)
    await press(page, 'New channel')
    await fillIn(page, { 'Unique name': 'yard', Attributes: '{"size":3}' }, 'Create')
    await page.getByRole('link', { name: 'yard' }).click()
    await press(page, 'Edit')
    await page.getByRole('dialog').getByLabel('Attributes').fill('{')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByText('This is not JSON').waitFor()
    await fillIn(page, { Name: 'The yard', Attributes: '{"size":4}' }, 'Save')
    await page.getByRole('heading', { level: 1, name: 'The yard' }).waitFor()
    expect((await service.channels('yard').fetch()).attributes).toBe('{"size":4}')

    await page.getByRole('tab', { name: 'Members' }).click()
    await press(page, 'Add member')
    await fillIn(page, { Identity: 'carol' }, 'Add')
    await press(page, 'Edit carol')
    await fillIn(page, { Attributes: '{"seat":1}' }, 'Save')
    expect((await service.channels('yard').members('carol').fetch()).attributes).toBe('{"seat":1}')
    await page.getByRole('link', { name: 'carol' }).click()
    await press(page, 'Edit')
    await fillIn(page, { Name: 'Carol C.' }, 'Save')
    await page.getByRole('heading', { level: 1, name: 'Carol C.' }).waitFor()
    await page.getByRole('link', { name: 'The yard' }).click()
    await page.getByRole('tab', { name: 'Members' }).click()
    await removeWithQuestion(page, 'Delete carol')
    await page.getByText('No members').waitFor()
    await removeWithQuestion(page, 'Delete')
    await page.getByRole('link', { name: 'Lobby' }).waitFor()
    expect(await page.getByRole('link', { name: 'The yard' }).count()).toBe(0)

    await follow(page, `${base}/users`)
    await page.getByLabel('Identity', { exact: true }).fill('carol')
    await press(page, 'Open')
    await removeWithQuestion(page, 'Delete')
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
    await press(page, 'New user')
    await fillIn(page, { Identity: 'dora/5 %' }, 'Create')
    await page.getByRole('link', { name: 'dora/5 %' }).click()
    await page.getByRole('heading', { level: 1, name: 'dora/5 %' }).waitFor()
    expect(faults).toEqual([])
  })

  test('an address leads to the place, and says so when there is nothing', async () => {
    const { base } = await givenShop(stage.server)
    const { page, faults } = await stage.enter('phone')
    await page.goto(`${base}/settings#webhooks`)
    await page.getByLabel('Pre-event URL').waitFor()
    await expect
      .poll(() => page.evaluate("document.getElementById('webhooks').getBoundingClientRect().top"), SOON)
      .toBeLessThan(200)
    await follow(page, `${base}/channels/CH${'0'.repeat(32)}`)
    await page.getByRole('alert').getByText('This is not here').waitFor()
    await review(page, 'phone-missing')
    await page.goto('/console/no/such/page')
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor()
    expect(faults).toEqual([])
  })

  test('roles are made, allowed more and deleted', async () => {
    const { base, service } = await givenShop(stage.server)
    const { page, faults } = await stage.enter('desktop')
    await follow(page, `${base}/roles`)
    await press(page, 'New role')
    await page.getByRole('menuitem', { name: 'For channels' }).click()
    await page.getByRole('dialog').getByLabel('Allowed').click()
    await page.getByRole('option', { name: 'Send messages' }).click()
    await fillIn(page, { Name: 'guest' }, 'Create')
    await press(page, 'Edit guest')
    await page.getByRole('dialog').getByLabel('Leave').check()
    await fillIn(page, {}, 'Save')
    const guest = (await service.roles.list()).find((role) => role.friendlyName === 'guest')
    expect(guest?.permissions.toSorted()).toEqual(['leaveChannel', 'sendMessage'])
    await removeWithQuestion(page, 'Delete guest')
    await page.getByText('guest').waitFor({ state: 'detached' })
    expect(faults).toEqual([])
  })

  test('a screen that fails leaves the others as they are', async () => {
    const { base } = await givenShop(stage.server)
    const { page } = await stage.enter('desktop')
    const roles = [{ sid: 'RL1', friendly_name: 'broken', type: 'channel' }]
    const meta = { key: 'roles', next_page_url: null }
    await page.route('**/Roles?*', (route) => route.fulfill({ json: { meta, roles } }))
    await follow(page, `${base}/roles`)
    await page.getByRole('alert').getByText('This screen has failed').waitFor()
    await page.unroute('**/Roles?*')
    await page.getByRole('link', { name: 'Channels' }).click()
    await page.getByRole('link', { name: 'Lobby' }).waitFor()
  })
})
