// What browsers need in order to send and show files, and what keeps them from running any.
import { expect, test } from 'vitest'
import { STORES, startMedia } from '../support/media.ts'

const SHOWN = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'audio/mpeg', 'video/mp4', 'text/plain']
const SAVED = ['application/pdf', 'application/zip', 'application/json', 'image/svg+xml', 'font/woff2', 'x/y']
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const NEUTRAL = 'application/octet-stream'
const RUNNABLE = [
  ...['text/html', 'application/xhtml+xml', 'TEXT/HTML; charset=utf-8', 'text/xml', 'application/xml'],
  ...['text/javascript', 'application/javascript', 'application/x-javascript', 'text/ecmascript', 'text/css'],
  ...['application/mathml+xml', 'application/wasm', 'multipart/related', 'message/rfc822'],
  ...['application/rss+xml', 'text/livescript', 'text/jscript', 'text/vnd.html'],
]

test.each(STORES)(
  'on %s, only what cannot run keeps its type, and only pictures and the like are shown',
  async (store) => {
    await using scene = await startMedia(store)
    const served = async (type: string) => {
      // A form's own type would be read as a form: the file's type is that of its part.
      const form = new FormData()
      form.append('file', new File(['<script>alert(1)</script>'], 'a.bin', { type }))
      const { body } = await scene.upload(form)
      const { headers } = await fetch(body.links.content_direct_temporary)
      return `${headers.get('content-type')} ${headers.get('content-disposition')?.split(';')[0]}`
    }
    for (const type of SHOWN) expect(await served(type)).toBe(`${type} inline`)
    for (const type of [...SAVED, SHEET]) expect(await served(type)).toBe(`${type} attachment`)
    for (const type of RUNNABLE) expect(await served(type)).toBe(`${NEUTRAL} attachment`)
  },
)

test('answers with content forbid guessing and running', async () => {
  await using scene = await startMedia()
  const { links } = await scene.givenMedia('<script>alert(1)</script>')
  const { headers } = await fetch(links.content_direct_temporary)
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringMatching(/default-src 'none'.*sandbox$/),
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': expect.stringMatching(/^private, max-age=(300|299|298), immutable$/),
  })
})

test('a page of another origin may upload with its token, and read what comes back', async () => {
  await using scene = await startMedia()
  const { server, path } = scene
  const origin = 'https://app.example.com'
  const asked = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,x-twilio-token',
  }
  const preflight = await server.request('OPTIONS', path, { auth: null, headers: asked })
  expect(preflight.status).toBe(204)
  expect(preflight.headers['access-control-allow-origin']).toBe('*')
  expect(preflight.headers['access-control-allow-methods']).toMatch(/GET.*POST/)
  expect(preflight.headers['access-control-allow-headers']).toMatch(/Content-Type.*X-Twilio-Token/)

  const upload = await scene.upload('x', { as: 'alice', headers: { origin } })
  expect(upload).toMatchObject({ status: 201, headers: { 'access-control-allow-origin': '*' } })
  const content = await fetch(upload.body.links.content_direct_temporary, { headers: { origin } })
  expect(content.headers.get('access-control-allow-origin')).toBe('*')
  expect(content.headers.get('access-control-expose-headers')).toMatch(/Content-Disposition.*Content-Range/)
  const refused = await scene.upload('x', { as: 'nobody', headers: { origin } })
  expect(refused).toMatchObject({ status: 401, headers: { 'access-control-allow-origin': '*' } })
})
