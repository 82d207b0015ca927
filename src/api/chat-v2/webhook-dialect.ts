import type { WebhookDialect } from '../../chat/webhook-dialect.ts'
import { applyAnswer } from './webhook-answers.ts'
import { nameOfEvent, nameOfIntent } from './webhook-names.ts'
import { describeEvent, describeIntent } from './webhook-parameters.ts'

/** Webhooks as the Chat API v2 has them. */
export const chatV2Webhooks: WebhookDialect = {
  nameOfEvent,
  describeEvent,
  nameOfIntent,
  describeIntent,
  applyAnswer,
}
