import { expect, test } from 'vitest'
import type { Intent } from '../../chat/intents.ts'
import { applyAnswer } from './webhook-answers.ts'

test('half a character in an answer is replaced', () => {
  const half = 'a\ud800b'
  const whole = 'a\ufffdb'
  // The channel is for whoever writes the message.
  const message = { type: 'message.send', draft: { body: 'hello' } } as unknown as Intent
  expect(applyAnswer(message, { body: half, author: half, attributes: `"${half}"` })).toMatchObject({
    draft: { body: whole, author: whole, attributes: `"${whole}"` },
  })
  const channel = { type: 'channel.update', change: {} } as unknown as Intent
  expect(applyAnswer(channel, { friendly_name: half, unique_name: half })).toMatchObject({
    change: { friendlyName: whole, uniqueName: whole },
  })
})
