// Google's push service: FCM's HTTP v1 API with a service account.
import { type Answer, describeFailure, type HttpExchange } from '../http-exchange.ts'
import { fcmCodes } from './codes.ts'
import { judgeFcmAnswer } from './fcm-answers.ts'
import { FcmTokens } from './fcm-tokens.ts'
import { type PushResult, unanswered } from './result.ts'
import type { Outgoing, Sender } from './sender.ts'

type FcmOptions = {
  http: HttpExchange
  /** Base of the API, and where access tokens come from. */
  url: string
  tokenUrl: string
  priority: 'high' | 'normal'
  now(): number
}

export function createFcmSender(options: FcmOptions): Sender<'fcm'> {
  const tokens = new FcmTokens(options)

  async function attempt(
    outgoing: Outgoing<'fcm'>,
    signal: AbortSignal,
    isSecond: boolean,
  ): Promise<PushResult> {
    const granted = await tokens.get(outgoing)
    if (!('token' in granted)) return granted
    const answer = await post(options, outgoing, granted.token, signal)
    if (answer.status !== 401 || isSecond) return judgeFcmAnswer(answer, options.now())
    // A token can be withdrawn before its time.
    tokens.forget(outgoing.credential, granted.token)
    return attempt(outgoing, signal, true)
  }

  return {
    async send(outgoing, signal) {
      try {
        return await attempt(outgoing, signal, false)
      } catch (error) {
        return unanswered(describeFailure(error, signal), fcmCodes.unavailable)
      }
    },
    close() {},
  }
}

function post(
  { http, url, priority, now }: FcmOptions,
  { push, binding, access, expiresAt }: Outgoing<'fcm'>,
  token: string,
  signal: AbortSignal,
): Promise<Answer> {
  const seconds = Math.max(0, Math.ceil((expiresAt - now()) / 1_000))
  const message = {
    token: binding.address,
    data: JSON.parse(push.payload).data,
    android: { priority, ttl: `${seconds}s` },
  }
  return http.send(
    {
      url: new URL(`${url}/v1/projects/${encodeURIComponent(access.projectId)}/messages:send`),
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ message }),
    },
    signal,
  )
}
