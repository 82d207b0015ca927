// One event and one device make one push.
import type { NotificationSettings } from '../../chat/notification-settings.ts'
import {
  type Notification,
  type PushDialect,
  type PushDialectName,
  type PushFacts,
  type PushType,
  settingOf,
} from '../../chat/push-dialect.ts'
import { newSid, type Sid } from '../../lib/sid.ts'
import { readSubscription } from '../../lib/web-push-subscription.ts'
import type { Binding } from '../../store/bindings.ts'
import type { Tx } from '../../store/database.ts'
import { joinLane, pushQueue } from '../../store/lanes.ts'
import type { PushEvent } from '../../store/push-events.ts'
import { insertPush, type Push } from '../../store/pushes.ts'
import type { Service } from '../../store/services.ts'
import { findUser } from '../../store/users.ts'
import { fitPayload, renderTemplate } from './texts.ts'

export type PushDialects = Readonly<Record<PushDialectName, PushDialect>>

/** What all pushes of an event have in common. */
export type Occurrence = {
  event: PushEvent
  service: Service
  settings: NotificationSettings
  facts: PushFacts
}

/** The event with what has to be looked up for it. */
export async function readOccurrence(tx: Tx, event: PushEvent, service: Service): Promise<Occurrence> {
  const facts: PushFacts = JSON.parse(event.facts)
  const actor = await findUser(tx, service.sid, facts.actor.identity)
  if (actor) facts.actor = { ...facts.actor, sid: actor.sid, friendlyName: actor.friendlyName }
  if (facts.message && facts.message.body === '' && facts.message.media.length > 0) {
    facts.message.body = service.mediaCompatibilityMessage
  }
  return { event, service, settings: JSON.parse(service.notifications), facts }
}

/** Queues the push behind what waits for the same device. `badge` is null for a device or a service without. */
export async function queuePush(
  tx: Tx,
  dialects: PushDialects,
  occurrence: Occurrence,
  binding: Binding,
  badge: number | null,
): Promise<void> {
  const { event, settings, facts } = occurrence
  const sid = newSid('RU')
  const isApns = binding.bindingType === 'apn'
  const dialect = dialects[binding.dialect]
  const payload = fitPayload((longest) => {
    const notification = notify(sid, event.type, dialect, settings, shorten(facts, longest), badge)
    return isApns ? dialect.apnsPayload(notification) : { data: dialect.dataPayload(notification) }
  })
  const target = targetOf(binding)
  const { lastSeq } = await joinLane(tx, pushQueue, binding.sid, target, event.createdAt)
  await insertPush(tx, newPush(occurrence, binding, { sid, target, payload, seq: lastSeq }))
}

function newPush(
  { event, service, settings }: Occurrence,
  binding: Binding,
  given: Pick<Push, 'sid' | 'target' | 'payload' | 'seq'>,
): Push {
  return {
    ...given,
    accountSid: service.accountSid,
    serviceSid: service.sid,
    channelSid: event.channelSid,
    eventSid: event.sid,
    type: event.type,
    bindingSid: binding.sid,
    bindingType: binding.bindingType,
    identity: binding.identity,
    credentialSid: binding.credentialSid,
    lane: binding.sid,
    logged: Number(settings.logEnabled),
    state: 'waiting',
    attempts: 0,
    lastAttemptAt: null,
    durationMs: null,
    responseStatus: null,
    reason: null,
    errorCode: null,
    createdAt: event.createdAt,
    updatedAt: event.createdAt,
  }
}

function notify(
  sid: Sid<'RU'>,
  type: string,
  dialect: PushDialect,
  settings: NotificationSettings,
  facts: PushFacts,
  badge: number | null,
): Notification {
  if (type === 'badge') return { sid, type, text: '', facts: null, sound: null, badge }
  const known = type as PushType
  const { template, sound } = settings[settingOf[known]]
  const text = renderTemplate(template ?? dialect.defaultTemplate(known, facts), dialect.variables(facts))
  return { sid, type: known, text, facts, sound: sound ?? null, badge }
}

/** Names and texts with no more characters than that. */
function shorten({ channel, actor, message }: PushFacts, longest: number): PushFacts {
  const cut = (text: string): string => (text.length <= longest ? text : [...text].slice(0, longest).join(''))
  const cutName = (name: string | null): string | null => name && cut(name)
  return {
    channel: {
      sid: channel.sid,
      uniqueName: cutName(channel.uniqueName),
      friendlyName: cutName(channel.friendlyName),
    },
    actor: { sid: actor.sid, identity: cut(actor.identity), friendlyName: cutName(actor.friendlyName) },
    message: message && {
      ...message,
      author: cut(message.author),
      body: cut(message.body),
      media: message.media.map((file) => ({ ...file, filename: cutName(file.filename) })),
    },
  }
}

/** A browser's push service can be in trouble while others work with the same keys. */
function targetOf({ credentialSid, address }: Binding): string {
  const subscription = readSubscription(address)
  return subscription ? `${credentialSid} ${new URL(subscription.endpoint).origin}` : credentialSid
}
