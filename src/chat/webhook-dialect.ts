// Webhooks as one API describes them: names, parameters and answers. Each facade brings its own;
// app.ts hands it to delivery.
import type { MessageMedia } from '../store/messages.ts'
import type { Caller } from './caller.ts'
import type { ChatEvent } from './events.ts'
import type { Intent } from './intents.ts'

/** Names with their values, in the order in which they are sent. */
export type WebhookParameters = (readonly [name: string, value: string])[]

/** What a description needs besides the event or the intent. */
export type WebhookFacts = {
  /** The role of a message's author in the channel; null for an author who is no member. */
  authorRoleSid: string | null
  /** The role of a member who is about to be added. */
  memberRoleSid: string | null
  /** True where the service has reachability on. */
  showsReachability: boolean
  /** The media of a message that is about to be sent. */
  media: readonly MessageMedia[]
}

export type WebhookDialect = {
  /** Null for an event that this API has no webhook for. */
  nameOfEvent(event: ChatEvent): string | null
  describeEvent(event: ChatEvent, facts: WebhookFacts): WebhookParameters
  nameOfIntent(intent: Intent): string
  describeIntent(intent: Intent, caller: Caller, facts: WebhookFacts): WebhookParameters
  /** The intent with the values of a JSON answer; unknown members are ignored. Throws the error of a wrong value. */
  applyAnswer<I extends Intent>(intent: I, answer: Readonly<Record<string, unknown>>): I
}
