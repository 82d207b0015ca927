import { expect, test } from 'vitest'
import { readSubscription } from './web-push-subscription.ts'

const KEYS = { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) }
const ENDPOINT = 'https://push.example.org/send/abc?x=1'

test('a subscription is read with what sending needs, and nothing else', () => {
  const text = JSON.stringify({
    endpoint: ENDPOINT,
    expirationTime: null,
    keys: { ...KEYS, more: 1 },
    more: 2,
  })

  expect(readSubscription(text)).toEqual({ endpoint: ENDPOINT, keys: KEYS })
})

test('what is none is undefined', () => {
  const wrong: unknown[] = [
    ...['token', null, [], {}, { endpoint: ENDPOINT }, { endpoint: ENDPOINT, keys: null }],
    { endpoint: 'ftp://push.example.org', keys: KEYS },
    { endpoint: 'https://', keys: KEYS },
    { endpoint: 7, keys: KEYS },
    { endpoint: ENDPOINT, keys: { ...KEYS, auth: 'AAAA' } },
    { endpoint: ENDPOINT, keys: { ...KEYS, p256dh: 'A'.repeat(80) } },
    { endpoint: ENDPOINT, keys: { ...KEYS, auth: 7 } },
    { endpoint: ENDPOINT, keys: { ...KEYS, auth: `${'A'.repeat(21)}%` } },
  ]
  for (const value of wrong)
    expect(readSubscription(JSON.stringify(value)), JSON.stringify(value)).toBeUndefined()
  for (const text of ['', '{', '{"endpoint":']) expect(readSubscription(text)).toBeUndefined()
})
