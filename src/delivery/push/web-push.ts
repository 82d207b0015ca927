// Browsers' own push: an encrypted message for the push service that the browser chose, signed with VAPID keys.
import webPush from 'web-push'
import { readSubscription, type WebPushSubscription } from '../../lib/web-push-subscription.ts'
import { type Answer, describeFailure, type HttpExchange, type OutgoingRequest } from '../http-exchange.ts'
import { PrivateAddress, refusePrivateHost } from '../private-addresses.ts'
import { fcmCodes } from './codes.ts'
import { type PushResult, readRetryAfter, refused, unanswered } from './result.ts'
import type { Outgoing, Sender } from './sender.ts'

type WebPushOptions = {
  /** The subscriptions come from clients: this one does not connect to private addresses. */
  http: HttpExchange
  /** For the origins that are allowed wherever they are. */
  trustedHttp: HttpExchange
  trustedOrigins: ReadonlySet<string>
  now(): number
}

export function createWebPushSender(options: WebPushOptions): Sender<'web-push'> {
  return {
    async send(outgoing, signal) {
      const subscription = readSubscription(outgoing.binding.address)
      if (!subscription) return refused('the address is no subscription of a browser', null)
      const { origin, hostname, protocol } = new URL(subscription.endpoint)
      const isTrusted = options.trustedOrigins.has(origin)
      try {
        if (!isTrusted) refusePrivateHost(hostname)
        if (!isTrusted && protocol !== 'https:') return refused('the push service must use https', null)
        const request = compose(outgoing, subscription, options.now())
        const answer = await (isTrusted ? options.trustedHttp : options.http).send(request, signal)
        return judge(answer, options.now())
      } catch (error) {
        if (error instanceof PrivateAddress) return refused(error.message, null)
        return unanswered(describeFailure(error, signal), null)
      }
    },
    close() {},
  }
}

function compose(
  { push, access, expiresAt }: Outgoing<'web-push'>,
  subscription: WebPushSubscription,
  now: number,
): OutgoingRequest {
  const details = webPush.generateRequestDetails(subscription, push.payload, {
    vapidDetails: access,
    TTL: Math.max(0, Math.ceil((expiresAt - now) / 1_000)),
    urgency: 'high',
    // Should a push wait and be sent twice after a crash, the browser gets it once.
    topic: push.sid.slice(2),
  })
  const headers = Object.fromEntries(
    Object.entries(details.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
  return { url: new URL(details.endpoint), method: details.method, headers, body: details.body ?? '' }
}

function judge({ status, headers, body }: Answer, now: number): PushResult {
  if (status >= 200 && status < 300) return { kind: 'accepted', status }
  const reason = body.trim().slice(0, 200) || `status ${status}`
  if (status === 404 || status === 410)
    return { kind: 'dead', status, reason, code: fcmCodes.uninstalled, since: null }
  if (status !== 429 && status < 500) return refused(reason, null, status)
  return {
    kind: 'later',
    status,
    reason,
    code: null,
    whole: true,
    afterMs: readRetryAfter(headers['retry-after'], now),
  }
}
