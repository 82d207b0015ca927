// The push notification parsers of the vendor's own SDKs.
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'

export type ParsedPush = {
  title: string | null
  body: string | null
  sound: string | null
  badge: number | null
  action: string | null
  type: string | null
  data: Record<string, unknown>
}

type Client = {
  parsePushNotification(payload: object): ParsedPush
  prototype: { handlePushNotification(this: EventEmitter, payload: object): Promise<void> }
}

const require = createRequire(import.meta.url)

export const CHAT_SDKS = ['twilio-chat-3', 'twilio-chat-4', 'twilio-chat-5', 'twilio-chat-6'] as const
export const CONVERSATIONS_SDKS = [
  'twilio-conversations-2.1',
  'twilio-conversations-2.7',
  'twilio-conversations-3',
] as const
export type SdkName = (typeof CHAT_SDKS)[number] | (typeof CONVERSATIONS_SDKS)[number]

/** What an app is told by the event `pushNotification` when it hands the payload to its client, and by the static parser. */
export async function readPush(sdk: SdkName, payload: object): Promise<ParsedPush[]> {
  const { Client } = require(sdk) as { Client: Client }
  // The method needs no connection: of a client it uses nothing but `emit`.
  const emitter = new EventEmitter()
  const told: ParsedPush[] = []
  emitter.on('pushNotification', (push: ParsedPush) => told.push(push))
  await Client.prototype.handlePushNotification.call(emitter, payload)
  return [...told, Client.parsePushNotification(payload)].map((push) => JSON.parse(JSON.stringify(push)))
}
