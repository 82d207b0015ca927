import assert from 'node:assert/strict'
import { sendMediaTo } from './media-host.ts'
import type { Step } from './scene.ts'

const BYTES = Buffer.from(Array.from({ length: 3_000 }, (_, i) => (i * 7) % 256))

export const media: Step = {
  name: '11 media is uploaded, seen by the others, and loaded without a header',
  async run({ bob, general, url }) {
    sendMediaTo(url)
    const index = Number(await general.alice.sendMedia('image/png', BYTES))
    await bob.events.waitFor('messageAdded', {
      channel: general.alice.sid,
      index,
      author: 'alice',
      body: null,
    })
    const [message] = (await general.bob.messages(1)).items
    const found = message?.media()
    assert.equal(message?.type, 'media')
    assert.deepEqual(
      { type: found?.contentType, size: found?.size },
      { type: 'image/png', size: BYTES.length },
    )

    const answer = await fetch((await found?.temporaryUrl()) ?? 'no address')
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'image/png')
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), BYTES)

    // Whoever has loaded it must not hear of another file with every edit.
    const [own] = (await general.alice.messages(1)).items
    await own?.updateAttributes({ seen: true })
    const { reasons } = await bob.events.waitFor('messageUpdated', { channel: general.alice.sid, index })
    assert.ok(!(reasons as string[]).includes('media'), `${reasons}`)
  },
}
