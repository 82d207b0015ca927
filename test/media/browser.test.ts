// A real browser, which must show what is harmless and run nothing of what anybody uploaded.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { sql } from '../../src/store/sql.ts'
import { type Origin, startOrigin } from '../sdk/browser-page.ts'
import { hasNoBrowser, startBrowser, type TestBrowser } from '../support/browser.ts'
import { type MediaScene, startMedia, tokenFor } from '../support/media.ts'

const SAY = (what: string) => `parent.postMessage("${what} ran", "*"); document.title = "${what} ran"`
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>${SAY('svg')}</script></svg>`

/** Runs in the page: loading a URL in an element, and uploading. A download tells nothing: a second is waited for it. */
const PAGE_SCRIPT = `
  const told = []
  addEventListener('message', ({ data }) => told.push(String(data)))
  const load = (tag, attribute, url) => new Promise((resolve) => {
    const element = document.createElement(tag)
    element.addEventListener('load', () => resolve('loaded'))
    element.addEventListener('error', () => resolve('refused'))
    setTimeout(() => resolve('nothing'), 1000)
    element.setAttribute(attribute, url)
    document.body.append(element)
  })
  const send = async (url, token, size, asForm) => {
    const file = new Blob([new Uint8Array(size)], { type: 'image/png' })
    const form = new FormData()
    form.append('file', file, 'my “cät”.png')
    const headers = { 'X-Twilio-Token': token }
    const answer = await fetch(url, { method: 'POST', headers, body: asForm ? form : file })
    const { code, filename, content_type } = await answer.json()
    return { status: answer.status, code, filename, content_type }
  }`

/** Calls a function of the script in the page. */
type Call = (name: 'load' | 'send', ...values: unknown[]) => Promise<unknown>

async function openPage({ browser }: TestBrowser, { url }: Origin): Promise<{ page: Page; call: Call }> {
  const page = await browser.newPage()
  await page.goto(url)
  await page.addScriptTag({ content: PAGE_SCRIPT })
  return {
    page,
    call: (name, ...values) => page.evaluate(`${name}(...${JSON.stringify(values)})`),
  }
}

async function givenLink(scene: MediaScene, content: string, type: string): Promise<string> {
  const form = new FormData()
  form.append('file', new File([content], 'file', { type }))
  return (await scene.upload(form)).body.links.content_direct_temporary
}

test.skipIf(hasNoBrowser)(
  'a browser shows pictures, and runs no page, script or drawing that was uploaded',
  async () => {
    await using scene = await startMedia()
    await using origin = await startOrigin()
    await using chromium = await startBrowser()
    const { page, call } = await openPage(chromium, origin)
    const script = SAY('script')
    for (const type of ['text/javascript', 'application/javascript', 'text/plain', 'image/png']) {
      expect([type, await call('load', 'script', 'src', await givenLink(scene, script, type))]).toEqual([
        type,
        'refused',
      ])
    }
    for (const [content, type] of [
      [`<script>${SAY('page')}</script>`, 'text/html'],
      [`<script>${SAY('picture')}</script>`, 'image/png'],
      [SVG, 'image/svg+xml'],
    ] as const) {
      const link = await givenLink(scene, content, type)
      for (const [tag, attribute] of [
        ['iframe', 'src'],
        ['object', 'data'],
        ['embed', 'src'],
      ] as const) {
        await call('load', tag, attribute, link)
      }
    }
    expect(await call('load', 'img', 'src', await givenLink(scene, SVG, 'image/svg+xml'))).toBe('loaded')
    expect(await page.evaluate('[told, document.title]')).toEqual([[], 'an app'])
  },
  60_000,
)

test.skipIf(hasNoBrowser)(
  'a page hears that its file is too large, however much of it is still to come',
  async () => {
    await using scene = await startMedia()
    await using origin = await startOrigin()
    await using chromium = await startBrowser()
    await scene.server.app.chat.db.transaction((tx) =>
      tx.run(sql`update services set media_size_limit_mb = 1`),
    )
    const { call } = await openPage(chromium, origin)
    const url = scene.server.url + scene.path
    const token = await tokenFor('alice', scene.serviceSid)
    const kept = { status: 201, content_type: 'image/png' }
    expect(await call('send', url, token, 1000, true)).toEqual({ ...kept, filename: 'my “cät”.png' })
    expect(await call('send', url, token, 1000, false)).toEqual({ ...kept, filename: null })
    for (const asForm of [true, false]) {
      expect(await call('send', url, token, 20_000_000, asForm)).toMatchObject({ status: 413, code: 50512 })
    }
  },
  60_000,
)
