// The signature by which a receiver knows that a webhook is ours (rest-v2.md §4.6).
import { createHmac } from 'node:crypto'
import type { WebhookParameters } from '../chat/webhook-dialect.ts'

/** The value of `X-Twilio-Signature`. For GET the parameters are in the URL already and `parameters` is empty. */
export function signWebhook(authToken: string, url: string, parameters: WebhookParameters): string {
  const byName = Map.groupBy(parameters, ([name]) => name)
  const text = [...byName.keys()]
    .sort(byCodeUnit)
    .map((name) => {
      const values = new Set(byName.get(name)?.map(([, value]) => value))
      return [...values]
        .sort(byCodeUnit)
        .map((value) => name + value)
        .join('')
    })
    .join('')
  return createHmac('sha1', authToken)
    .update(url + text, 'utf8')
    .digest('base64')
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
