// From a push event to the devices that are to be told (rest-v2.md §5.2).
import type { PushType } from '../../chat/push-dialect.ts'
import { type Binding, listAllBindingsOf, setBadge } from '../../store/bindings.ts'
import type { Tx } from '../../store/database.ts'
import {
  deletePushEvent,
  lockOldestPushEvent,
  movePushEvent,
  type PushEvent,
} from '../../store/push-events.ts'
import { type Audience, countUnreadChannels, listAudience } from '../../store/push-recipients.ts'
import { findServiceBySid } from '../../store/services.ts'
import { type Occurrence, type PushDialects, queuePush, readOccurrence } from './compose.ts'

/** Members at a time, so that a large channel holds nobody up. */
const MEMBERS_PER_STEP = 200

/** Works on the oldest event. False when there is none. */
export async function planStep(tx: Tx, dialects: PushDialects): Promise<boolean> {
  const event = await lockOldestPushEvent(tx)
  if (!event) return false
  const service = await findServiceBySid(tx, event.serviceSid)
  if (!service) await deletePushEvent(tx, event.sid)
  else {
    const occurrence = await readOccurrence(tx, event, service)
    if (event.userSid === null) await planForMembers(tx, dialects, occurrence)
    else await planForUser(tx, dialects, occurrence, event.userSid)
  }
  return true
}

async function planForMembers(tx: Tx, dialects: PushDialects, occurrence: Occurrence): Promise<void> {
  const { event } = occurrence
  const members = await listAudience(
    tx,
    event.channelSid,
    event.rosterEvent,
    event.position,
    MEMBERS_PER_STEP,
  )
  const told = members.filter((member) => isToldOf(occurrence, member)).map(({ userSid }) => userSid)
  const bindings = told.length > 0 ? await listAllBindingsOf(tx, told) : []
  await queueFor(tx, dialects, occurrence, bindings)
  const last = members.at(-1)
  if (last && members.length === MEMBERS_PER_STEP) await movePushEvent(tx, event.sid, last.memberSid)
  else await deletePushEvent(tx, event.sid)
}

async function planForUser(
  tx: Tx,
  dialects: PushDialects,
  occurrence: Occurrence,
  userSid: NonNullable<PushEvent['userSid']>,
): Promise<void> {
  const bindings = await listAllBindingsOf(tx, [userSid])
  if (occurrence.event.type === 'badge') await queueBadges(tx, dialects, occurrence, bindings)
  else await queueFor(tx, dialects, occurrence, bindings)
  await deletePushEvent(tx, occurrence.event.sid)
}

/** Not the author, and nobody who has muted the channel. */
function isToldOf({ facts }: Occurrence, { identity, muted }: Audience): boolean {
  return muted === 0 && identity !== facts.message?.author
}

async function queueFor(
  tx: Tx,
  dialects: PushDialects,
  occurrence: Occurrence,
  bindings: readonly Binding[],
): Promise<void> {
  const type = occurrence.event.type as PushType
  const wanting = bindings.filter((binding) => JSON.parse(binding.messageTypes).includes(type))
  const badged = type === 'new_message' && occurrence.settings.newMessage.badgeCountEnabled === true
  const iphones = badged ? wanting.filter(({ bindingType }) => bindingType === 'apn') : []
  const counts = await countUnreadChannels(tx, [...new Set(iphones.map(({ userSid }) => userSid))])
  for (const binding of wanting) {
    const badge = iphones.includes(binding) ? (counts.get(binding.userSid) ?? 0) : null
    await queuePush(tx, dialects, occurrence, binding, badge)
    if (badge !== null) await setBadge(tx, binding.sid, badge)
  }
}

/** Reading has lowered the number: every device that shows a higher one gets the new one (§5.3). */
async function queueBadges(
  tx: Tx,
  dialects: PushDialects,
  occurrence: Occurrence,
  bindings: readonly Binding[],
): Promise<void> {
  const [first] = bindings
  if (!first) return
  const badge = (await countUnreadChannels(tx, [first.userSid])).get(first.userSid) ?? 0
  for (const binding of bindings) {
    if (binding.badge === null || binding.badge <= badge) continue
    await queuePush(tx, dialects, occurrence, binding, badge)
    await setBadge(tx, binding.sid, badge)
  }
}
