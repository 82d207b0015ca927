// What a webhook tells besides the event or the intent itself.
import type { UserCaller } from '../chat/caller.ts'
import type { ChatEvent } from '../chat/events.ts'
import type { Intent } from '../chat/intents.ts'
import type { WebhookFacts } from '../chat/webhook-dialect.ts'
import type { Sid } from '../lib/sid.ts'
import type { Queryable } from '../store/database.ts'
import { findMedia } from '../store/media.ts'
import { findMember } from '../store/members.ts'
import type { MessageMedia } from '../store/messages.ts'

const NONE: WebhookFacts = { authorRoleSid: null, media: [] }

export async function eventFacts(db: Queryable, event: ChatEvent): Promise<WebhookFacts> {
  if (event.type !== 'message.sent') return NONE
  return { ...NONE, authorRoleSid: await roleOf(db, event.channel.sid, event.message.author) }
}

export async function intentFacts(db: Queryable, intent: Intent, caller: UserCaller): Promise<WebhookFacts> {
  if (intent.type !== 'message.send') return NONE
  const author = intent.draft.author ?? caller.identity
  return {
    authorRoleSid: await roleOf(db, intent.channel.sid, author),
    media: await describeMedia(db, caller.serviceSid, intent.draft.mediaSids ?? []),
  }
}

async function roleOf(db: Queryable, channelSid: Sid<'CH'>, identity: string): Promise<string | null> {
  return (await findMember(db, channelSid, { identity }))?.roleSid ?? null
}

async function describeMedia(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  sids: readonly Sid<'ME'>[],
): Promise<MessageMedia[]> {
  const rows = await Promise.all(sids.map((sid) => findMedia(db, serviceSid, sid)))
  return rows
    .filter((media) => media !== undefined)
    .map(({ sid, filename, contentType, size }) => ({ sid, filename, contentType, size }))
}
