// Who gets into the console, and how.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasNoBrowser, startBrowser, type TestBrowser } from '../support/browser.ts'
import { EACH_LOOK, review, visit } from '../support/console-page.ts'
import { givenDatabase } from '../support/databases.ts'
import { spawnParley } from '../support/process.ts'
import { ACCOUNT_SID, AUTH_TOKEN, startServer } from '../support/server.ts'

const HEADER = { 'x-parley-console': '1' }

describe.skipIf(hasNoBrowser)('in Chromium', () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser[Symbol.asyncDispose]())

  test.each(EACH_LOOK)(
    'the account signs in, a wrong token does not, signing out ends it: %s',
    async (look) => {
      await using server = await startServer()
      await using visitor = await visit(browser.browser, server.url, look)
      const { page } = visitor
      await page.goto('/console/')
      await page.getByLabel('Account SID').fill(ACCOUNT_SID)
      await page.getByLabel('Auth token').first().fill('wrong')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').getByText('No such account').waitFor()
      await review(page, `${look}-sign-in`)

      await page.getByLabel('Auth token').first().fill(AUTH_TOKEN)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      await page.reload()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByLabel('Account SID').waitFor()
      expect(visitor.faults).toEqual([])
    },
  )

  test('the link of the first start opens the console once, and a click later two people chat', async () => {
    await using parley = spawnParley(['serve'], { PORT: '0' })
    const { url } = await parley.listening()
    const link = (await parley.line('#code=')).trim()
    await using first = await visit(browser.browser, url)
    await first.page.goto(link)
    const start = first.page.getByRole('button', { name: 'Make a service and try it' })
    await start.waitFor()
    expect(first.page.url()).not.toContain('code')
    await review(first.page, 'first-minute')
    await start.click()
    for (const identity of ['alice', 'bob']) {
      const pane = first.page.getByRole('region', { name: `What ${identity} sees` })
      await pane.getByText('connected', { exact: true }).waitFor()
    }
    expect(first.faults).toEqual([])

    await first.context.clearCookies()
    await first.page.goto('about:blank')
    await first.page.goto(link)
    await first.page.getByRole('alert').getByText('used already').waitFor()
  })
})

describe('the session', () => {
  const login = { AccountSid: ACCOUNT_SID, AuthToken: AUTH_TOKEN }

  test('is a cookie that scripts cannot read and other sites cannot send', async () => {
    await using server = await startServer()
    const answer = await server.request('POST', '/parley/v1/Session', {
      auth: null,
      form: login,
      headers: HEADER,
    })
    expect(answer.status).toBe(201)
    const cookie = answer.headers['set-cookie'] ?? ''
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/)

    const [pair = ''] = cookie.split(';')
    const ask = (headers: Record<string, string>) =>
      server.request('GET', '/v2/Services', { auth: null, headers })
    expect((await ask({ cookie: pair, ...HEADER })).status).toBe(200)
    expect((await ask({ cookie: pair })).status).toBe(401)
    expect((await ask({ cookie: `${pair}0`, ...HEADER })).status).toBe(401)
    expect((await ask({ cookie: pair.replace(/=\d+/, '=9999999999'), ...HEADER })).status).toBe(401)
    expect((await ask({ ...HEADER })).headers['www-authenticate']).toBeUndefined()
  })

  test('cannot be opened without the header, with a wrong token or with a made-up code', async () => {
    await using server = await startServer()
    const open = (form: Record<string, string>, headers: Record<string, string> = HEADER) =>
      server.request('POST', '/parley/v1/Session', { auth: null, form, headers })
    for (const answer of [
      await open(login, {}),
      await open({ ...login, AuthToken: 'wrong' }),
      await open({ Code: 'made-up' }),
      await open({}),
    ]) {
      expect(answer.status).toBe(401)
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  })

  test('ends when the auth token is replaced', async () => {
    await using database = await givenDatabase('sqlite')
    const start = (token: string) => startServer({ DATABASE_URL: database.url, PARLEY_AUTH_TOKEN: token })
    const form = { ...login, AuthToken: 'first' }
    let cookie = ''
    {
      await using server = await start('first')
      const answer = await server.request('POST', '/parley/v1/Session', { auth: null, form, headers: HEADER })
      cookie = answer.headers['set-cookie']?.split(';')[0] ?? ''
    }
    const ask = async (token: string) => {
      await using server = await start(token)
      return await server.request('GET', '/v2/Services', { auth: null, headers: { cookie, ...HEADER } })
    }
    expect((await ask('first')).status).toBe(200)
    expect((await ask('second')).status).toBe(401)
  })
})

test('pages carry a strict policy, and unknown files are not the page', async () => {
  await using server = await startServer()
  const page = await server.request('GET', '/console/services/x/channels', { auth: null })
  expect(page.status).toBe(200)
  expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  expect(page.headers['content-security-policy']).not.toContain('unsafe')
  expect(page.headers['access-control-allow-origin']).toBeUndefined()
  expect((await server.request('GET', '/console/assets/none.js', { auth: null })).status).toBe(404)
  const traversal = await server.request('GET', '/console/assets/..%2f..%2fpackage.json', { auth: null })
  expect(traversal.status).toBe(404)
})

test('PARLEY_CONSOLE=off removes pages and sessions', async () => {
  await using server = await startServer({ PARLEY_CONSOLE: 'off' })
  expect((await server.request('GET', '/console/', { auth: null })).status).toBe(404)
  const form = { AccountSid: ACCOUNT_SID, AuthToken: AUTH_TOKEN }
  const session = await server.request('POST', '/parley/v1/Session', { form, headers: HEADER })
  expect(session.status).toBe(404)
})
