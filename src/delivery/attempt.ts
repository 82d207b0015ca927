// One attempt of a delivery, and what its result means (rest-v2.md §4.5).
import type { WebhookParameters } from '../chat/webhook-dialect.ts'
import type { Delivery } from '../store/deliveries.ts'
import type { WebhookCaller, WebhookResult } from './http-caller.ts'
import { jittered, stateAfter, type Verdict } from './verdict.ts'
import { mayRetry, withRetryCount } from './webhook-rules.ts'

const FIRST_DELAY_MS = 500
/** Of an answer, this much is kept in the log. */
const LOGGED_ANSWER = 1_024

export function attempt(caller: WebhookCaller, delivery: Delivery): Promise<WebhookResult> {
  const parameters: WebhookParameters = JSON.parse(delivery.parameters)
  return caller.call({
    url: delivery.url,
    method: delivery.method,
    parameters: withRetryCount(parameters, delivery.retries),
    idempotencyToken: delivery.idempotencyToken,
  })
}

/** True when the target itself is in trouble, whatever this delivery was about. */
export function isTargetFailure(result: WebhookResult): boolean {
  return !result.answered || result.status >= 500 || result.status === 429
}

export function judge(delivery: Delivery, result: WebhookResult, isProbe: boolean): Verdict {
  if (result.answered && result.status >= 200 && result.status < 300) return { kind: 'delivered' }
  if (mayRetry(result) && isProbe) return { kind: 'wait' }
  if (!mayRetry(result) || delivery.retries >= delivery.retryLimit) return { kind: 'failed' }
  return { kind: 'retry', afterMs: jittered(FIRST_DELAY_MS * 2 ** delivery.retries) }
}

/** The delivery with what came of the attempt. */
export function withResult(
  delivery: Delivery,
  result: WebhookResult,
  verdict: Verdict,
  now: number,
): Delivery {
  return {
    ...delivery,
    state: stateAfter(verdict),
    attempts: delivery.attempts + 1,
    retries: verdict.kind === 'retry' ? delivery.retries + 1 : delivery.retries,
    lastAttemptAt: now - result.milliseconds,
    durationMs: result.milliseconds,
    responseStatus: result.answered ? result.status : null,
    responseBody: result.answered ? printable(result.body) : null,
    error: result.answered ? null : result.reason,
    updatedAt: now,
  }
}

/** PostgreSQL keeps no NUL characters. */
function printable(body: string): string {
  return body.slice(0, LOGGED_ANSWER).replaceAll('\0', '\uFFFD')
}
