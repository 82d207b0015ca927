// What holds for every webhook, asked before or told after (rest-v2.md §4).
import type { WebhookParameters } from '../chat/webhook-dialect.ts'
import type { Service } from '../store/services.ts'
import type { WebhookResult } from './http-caller.ts'

const RETRIED = new Set([429, 503, 504])

/** True when the service wants to hear of this event. */
export function isSelected(service: Service, event: string): boolean {
  const filters: string[] = service.webhookFilters === null ? [] : JSON.parse(service.webhookFilters)
  return filters.includes(event)
}

/** POST, where nothing else is set. */
export function methodOf(setting: string | null): 'GET' | 'POST' {
  return setting === 'GET' ? 'GET' : 'POST'
}

export function withRetryCount(parameters: WebhookParameters, retry: number): WebhookParameters {
  return [...parameters, ['RetryCount', String(retry)]]
}

/** True when the target may answer another time. */
export function mayRetry(result: WebhookResult): boolean {
  return !result.answered || RETRIED.has(result.status)
}
