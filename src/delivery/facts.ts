// What a webhook tells besides the event or the intent itself.
import type { UserCaller } from '../chat/caller.ts'
import type { ChatEvent } from '../chat/events.ts'
import type { Intent } from '../chat/intents.ts'
import { describeMedia } from '../chat/media.ts'
import { roleForNewMember } from '../chat/members.ts'
import type { WebhookFacts } from '../chat/webhook-dialect.ts'
import type { Sid } from '../lib/sid.ts'
import type { Queryable } from '../store/database.ts'
import { findMedia } from '../store/media.ts'
import { findMemberRole } from '../store/members.ts'
import type { MessageMedia } from '../store/messages.ts'
import type { Service } from '../store/services.ts'

const NONE: WebhookFacts = { authorRoleSid: null, memberRoleSid: null, showsReachability: false, media: [] }

export async function eventFacts(db: Queryable, event: ChatEvent, service: Service): Promise<WebhookFacts> {
  if (event.type === 'user.updated') return { ...NONE, showsReachability: service.reachabilityEnabled === 1 }
  if (event.type !== 'message.sent') return NONE
  return { ...NONE, authorRoleSid: await findMemberRole(db, event.channel.sid, event.message.author) }
}

export async function intentFacts(
  db: Queryable,
  intent: Intent,
  caller: UserCaller,
  service: Service,
): Promise<WebhookFacts> {
  if (intent.type === 'member.add') {
    const { channel, draft } = intent
    return { ...NONE, memberRoleSid: await roleForNewMember(db, caller, service, channel, draft.identity) }
  }
  if (intent.type !== 'message.send') return NONE
  const author = intent.draft.author ?? caller.identity
  return {
    ...NONE,
    authorRoleSid: await findMemberRole(db, intent.channel.sid, author),
    media: await mediaOfDraft(db, caller.serviceSid, intent.draft.mediaSids ?? []),
  }
}

async function mediaOfDraft(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  sids: readonly Sid<'ME'>[],
): Promise<MessageMedia[]> {
  const rows = await Promise.all(sids.map((sid) => findMedia(db, serviceSid, sid)))
  return rows.filter((media) => media !== undefined).map(describeMedia)
}
