// The media clients that the SDKs carry within them, as npm delivers them.
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { startMedia, tokenFor } from '../support/media.ts'

type VendorMedia = {
  sid: string
  contentType: string
  filename: string | null
  size: number
  getContentUrl?(): Promise<string>
  getContentTemporaryUrl?(): Promise<string>
}
type VendorClient = {
  post(type: string, content: Buffer, category?: string, filename?: string): Promise<VendorMedia>
  get(sid: string): Promise<VendorMedia>
  mediaSetGet?(sids: string[]): Promise<VendorMedia[]>
  mediaSetGetContentUrls?(sids: string[]): Promise<Map<string, string>>
}
type Package = { McsClient: new (token: string, base: string, set?: string) => VendorClient }

const require = createRequire(import.meta.url)
const BYTES = Buffer.from([0, 1, 127, 128, 200, 255])

test('the client of twilio-chat 5 sends and fetches', async () => {
  await using scene = await startMedia()
  const token = await tokenFor('alice', scene.serviceSid)
  const { McsClient } = loadClient('twilio-chat-5', 'twilio-mcs-client')
  const client = new McsClient(token, scene.server.url + scene.path)
  const { sid } = await client.post('image/png', BYTES)
  const media = await client.get(sid)
  expect(media).toMatchObject({ sid, contentType: 'image/png', size: BYTES.length })
  expect(await read(await (media.getContentUrl ?? media.getContentTemporaryUrl)?.call(media))).toEqual(BYTES)
})

test.each(['twilio-conversations-2.7', 'twilio-conversations-3'])(
  'the client of %s too, and sets',
  async (sdk) => {
    await using scene = await startMedia()
    const token = await tokenFor('alice', scene.serviceSid)
    const { McsClient } = loadClient(sdk, '@twilio/mcs-client')
    const base = scene.server.url + scene.path
    const client = new McsClient(token, base, `${base}Set`)
    const { sid } = await client.post('image/png', BYTES, 'media', 'my cät.png')
    const other = await client.post('text/plain', Buffer.from('x'), 'history')
    expect(await client.get(sid)).toMatchObject({ sid, filename: 'my cät.png', size: BYTES.length })
    const set = await client.mediaSetGet?.([other.sid, sid])
    expect(set?.map((media) => media.sid)).toEqual([other.sid, sid])
    const urls = await client.mediaSetGetContentUrls?.([sid, other.sid])
    expect(await read(urls?.get(sid))).toEqual(BYTES)
    await expect(client.mediaSetGet?.([`ME${'0'.repeat(32)}`])).rejects.toContain(`ME${'0'.repeat(32)}`)
  },
)

function loadClient(sdk: string, name: string): Package {
  return require(require.resolve(name, { paths: [require.resolve(sdk)] }))
}

async function read(url: string | undefined): Promise<Buffer> {
  const answer = await fetch(url ?? 'no URL')
  return Buffer.from(await answer.arrayBuffer())
}
