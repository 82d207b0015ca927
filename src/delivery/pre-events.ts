// Pre-event webhooks: asked before a user's intent becomes a change (rest-v2.md §4.4). No transaction is open.
import { randomUUID } from 'node:crypto'
import type { UserCaller } from '../chat/caller.ts'
import type { AskBefore } from '../chat/chat.ts'
import { errors } from '../chat/errors.ts'
import type { Intent } from '../chat/intents.ts'
import type { WebhookDialect } from '../chat/webhook-dialect.ts'
import { parseObject } from '../lib/json.ts'
import type { Logger } from '../lib/logger.ts'
import type { Queryable } from '../store/database.ts'
import { findKeptService, findWebhookUse, type Service } from '../store/services.ts'
import { intentFacts } from './facts.ts'
import type { WebhookCaller, WebhookResult } from './http-caller.ts'
import { isSelected, mayRetry, methodOf, withRetryCount } from './webhook-rules.ts'

/** What an installation does where the hosted service's behaviour is disputed or unwanted. */
export type PreWebhookPolicy = { on5xx: 'reject' | 'proceed'; onTimeout: 'reject' | 'proceed' }

type PreWebhookOptions = {
  db: Queryable
  dialect: WebhookDialect
  caller: WebhookCaller
  policy: PreWebhookPolicy
  logger: Logger
}

const CALL_FAILED = 50057
const CALL_TIMED_OUT = 50076

export function createPreWebhooks(options: PreWebhookOptions): AskBefore {
  return async (intent, caller) => {
    if (caller.kind !== 'user') return intent
    if (!(await findWebhookUse(options.db, caller.serviceSid, null))?.hasPre) return intent
    const service = await findKeptService(options.db, caller.serviceSid)
    const name = options.dialect.nameOfIntent(intent)
    if (!service?.preWebhookUrl || !isSelected(service, name)) return intent
    const result = await ask(options, service, service.preWebhookUrl, intent, caller)
    return decide(options, intent, name, result)
  }
}

/** The last result, after as many retries as the service wants. */
async function ask(
  { db, dialect, caller: http }: PreWebhookOptions,
  service: Service,
  url: string,
  intent: Intent,
  caller: UserCaller,
): Promise<WebhookResult> {
  const parameters = dialect.describeIntent(intent, caller, await intentFacts(db, intent, caller, service))
  const idempotencyToken = randomUUID()
  for (let retry = 0; ; retry++) {
    const result = await http.call({
      url,
      method: methodOf(service.webhookMethod),
      parameters: withRetryCount(parameters, retry),
      idempotencyToken,
    })
    if (!mayRetry(result) || retry >= service.preWebhookRetryCount) return result
  }
}

/** The intent to go on with. Throws webhookRefused, or the error of a wrong value in the answer. */
function decide<I extends Intent>(
  options: PreWebhookOptions,
  intent: I,
  event: string,
  result: WebhookResult,
): I {
  const { policy, logger, dialect } = options
  if (!result.answered) {
    logger.warn({ code: CALL_TIMED_OUT, event, reason: result.reason }, 'pre-event webhook did not answer')
    if (policy.onTimeout === 'reject') throw errors.webhookRefused()
    return intent
  }
  if (result.status === 200) {
    if (result.cut && result.body.trimStart().startsWith('{')) return withoutAnswer(intent)
    const answer = parseAnswer(result.body)
    if (answer === 'not an object')
      logger.warn({ code: CALL_FAILED, event }, 'pre-event webhook answered no JSON object')
    return typeof answer === 'object' ? dialect.applyAnswer(intent, answer) : intent
  }
  if (result.status >= 500) {
    logger.warn({ code: CALL_FAILED, event, status: result.status }, 'pre-event webhook failed')
    if (policy.on5xx === 'proceed') return intent
  }
  throw errors.webhookRefused()
}

/** The answer was too long to be read: what does not fit that limit cannot be a value that fits its own. */
function withoutAnswer<I extends Intent>(intent: I): I {
  switch (intent.type) {
    case 'message.remove':
    case 'channel.remove':
    case 'member.remove':
      return intent
    case 'message.send':
    case 'message.update':
      throw errors.bodyTooLong()
    default:
      throw errors.badRequest("The webhook's answer is too long")
  }
}

function parseAnswer(body: string): Record<string, unknown> | 'nothing' | 'not an object' {
  if (body.trim() === '') return 'nothing'
  return parseObject(body) ?? 'not an object'
}
