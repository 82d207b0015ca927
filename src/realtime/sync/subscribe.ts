// `POST /v4/Subscriptions` (realtime-protocol.md §5.4): from now on events, and before them what was missed.
import type { UserCaller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import { ChatError, errors } from '../../chat/errors.ts'
import { fairTurn } from '../../lib/event-loop.ts'
import type { SessionLists } from '../session/session-lists.ts'
import type { Urls } from '../urls.ts'
import { documentUpdated } from './channel-document.ts'
import { type Collection, collectionOf } from './collections.ts'
import { objectNotFound } from './errors.ts'
import { type Item, itemEvent, type SyncEvent } from './items.ts'
import { parseSyncObject, type SyncObject, typeOf } from './objects.ts'
import { loadObjects, type OpenedObject, type OpenObject } from './open.ts'
import type { Subscription } from './subscription.ts'
import type { SubscriptionRequest, Wanted } from './subscription-request.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Teller } from './teller.ts'

/** Longer replays are told in parts: the client asks again from where it has got to. */
const MAX_REPLAY = 1_000
const MAX_REPLAY_CHARACTERS = 1_048_576
/** Of items that are read at once: with long ones a part has no room for more. */
const REPLAY_STEP = 100

export type SubscribeContext = {
  chat: Chat
  caller: UserCaller
  urls: Urls
  subscriptions: Subscriptions
  sessions: SessionLists
  isOpen(): boolean
  room(): Promise<void>
}

type Refusal = { wanted: Wanted; error: ChatError }
type Job = { wanted: Wanted; object: SyncObject; subscription: Subscription }
/** What there is to tell about one object before it is live. */
type Past = { events: SyncEvent[]; position: number; complete: boolean }

/**
 * Live delivery starts before anything is read, and is held back until the past is told: no event falls between. When
 * something throws, nothing is watched of what the request has named: the client asks again.
 */
export async function establish(
  context: SubscribeContext,
  request: SubscriptionRequest,
  teller: Teller,
): Promise<void> {
  const { jobs, refused } = startWatching(context, request)
  try {
    for (const { wanted, error } of refused) {
      await context.room()
      teller.failed(wanted.type, wanted.sid, error)
    }
    await goLive(context, jobs, teller)
  } catch (error) {
    for (const { object, subscription } of jobs) {
      if (context.subscriptions.has(subscription)) context.subscriptions.remove(object)
    }
    throw error
  }
}

/** Tells the past of each, and what was held back meanwhile. */
async function goLive(context: SubscribeContext, jobs: readonly Job[], teller: Teller): Promise<void> {
  const stored = jobs.flatMap(({ object }) => (object.kind === 'session' ? [] : [object]))
  const open = await loadObjects(context.chat, context.caller, stored)
  const live: { job: Job; position: number }[] = []
  // The connection may end, or the client may change its mind, while the past is read.
  const isWanted = ({ subscription }: Job) => context.isOpen() && context.subscriptions.has(subscription)
  for (const job of jobs) {
    await context.room()
    await fairTurn()
    const past = isWanted(job) && (await readPast(context, job, open, teller))
    if (!past || !isWanted(job)) continue
    teller.tell(past.events)
    teller.established(typeOf(job.object), job.wanted.sid, past)
    if (past.complete) live.push({ job, position: past.position })
    else context.subscriptions.remove(job.object)
  }
  teller.flush()
  for (const { job, position } of live) context.subscriptions.goLive(job.subscription, position)
}

export async function cancel(
  { subscriptions, room }: SubscribeContext,
  request: SubscriptionRequest,
  teller: Teller,
): Promise<void> {
  for (const { sid, type } of request.wanted) {
    await room()
    const object = parseSyncObject(sid)
    if (object) subscriptions.remove(object)
    teller.canceled(type, sid)
  }
  teller.flush()
}

function startWatching(
  { subscriptions }: SubscribeContext,
  { wanted, takesMany }: SubscriptionRequest,
): { jobs: Job[]; refused: Refusal[] } {
  const jobs: Job[] = []
  const refused: Refusal[] = []
  for (const one of wanted) {
    const object = parseSyncObject(one.sid)
    const subscription = object && subscriptions.add(object, takesMany)
    if (object && subscription) jobs.push({ wanted: one, object, subscription })
    else refused.push({ wanted: one, error: object ? errors.tooManyRequests() : objectNotFound(one.type) })
  }
  return { jobs, refused }
}

/** Undefined, and told, when the user may not watch the object. */
async function readPast(
  context: SubscribeContext,
  { wanted, object }: Job,
  open: OpenObject,
  teller: Teller,
): Promise<Past | undefined> {
  try {
    if (object.kind === 'session') return await context.sessions.revive(object, wanted.after)
    return await pastOf(context, open(object), wanted.after)
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    context.subscriptions.remove(object)
    teller.failed(wanted.type, wanted.sid, error)
    return undefined
  }
}

/** A client that does not know where it stands gets no past (§5.9). */
async function pastOf(
  { chat, caller, urls }: SubscribeContext,
  opened: OpenedObject,
  after: number | null,
): Promise<Past> {
  const { object, row, lastEvent, updatedAt } = opened
  if (after === null || after >= lastEvent) return { events: [], position: lastEvent, complete: true }
  if (object.kind === 'channel' && 'channel' in row) {
    return { events: [documentUpdated(row.channel, updatedAt)], position: lastEvent, complete: true }
  }
  return missedItems(collectionOf(chat, caller, opened), opened, after, urls)
}

async function missedItems(
  collection: Collection,
  { object, lastEvent }: OpenedObject,
  after: number,
  urls: Urls,
): Promise<Past> {
  const { items, isAll } = await readPart(collection, after)
  const events = items.map((item) => itemEvent(object, item, urls, after)).filter((event) => event !== null)
  const reached = items.at(-1)?.lastEvent ?? after
  return { events, position: isAll ? Math.max(reached, lastEvent) : reached, complete: isAll }
}

/** As many of the missed items as make one part: at least one. */
async function readPart(collection: Collection, after: number): Promise<{ items: Item[]; isAll: boolean }> {
  const items: Item[] = []
  let characters = 0
  for (;;) {
    const found = await collection.missed(items.at(-1)?.lastEvent ?? after, REPLAY_STEP)
    for (const item of found) {
      characters += JSON.stringify(item.data).length
      const isFull = characters > MAX_REPLAY_CHARACTERS || items.length >= MAX_REPLAY
      if (isFull && items.length > 0) return { items, isAll: false }
      items.push(item)
    }
    if (found.length < REPLAY_STEP) return { items, isAll: true }
    await fairTurn()
  }
}
