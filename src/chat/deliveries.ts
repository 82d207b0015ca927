// The log of webhook deliveries, and sending one again.
import { readSid } from '../lib/sid.ts'
import type { Tx } from '../store/database.ts'
import {
  type Delivery,
  type DeliveryFilter,
  findDelivery,
  listFailedDeliveries,
  lockDelivery,
  listDeliveries as queryDeliveries,
  updateDelivery,
} from '../store/deliveries.ts'
import { joinLane, webhookQueue } from '../store/lanes.ts'
import type { Order, Page, PageRequest } from '../store/paging.ts'
import type { Service } from '../store/services.ts'
import type { Caller } from './caller.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import type { Emit } from './events.ts'
import { requireAccount } from './permissions.ts'

const REPLAYS_PER_STEP = 100

/** Throws notFound. */
export async function requireDelivery(chat: Chat, service: Service, text: string): Promise<Delivery> {
  const sid = readSid('WD', text)
  const delivery = sid && (await findDelivery(chat.db, service.sid, sid))
  if (!delivery) throw errors.notFound()
  return delivery
}

export function listDeliveries(
  chat: Chat,
  service: Service,
  filter: DeliveryFilter,
  order: Order,
  page: PageRequest,
): Promise<Page<Delivery>> {
  return queryDeliveries(chat.db, service.sid, filter, order, page)
}

/** Sends an ended delivery again, behind what waits for the same channel and target. Throws deliveryWaiting. */
export async function replayDelivery(chat: Chat, caller: Caller, delivery: Delivery): Promise<Delivery> {
  requireAccount(caller)
  const scope = { by: caller, serviceSid: delivery.serviceSid, budget: null }
  return commit(chat, scope, async (tx, emit, now) => {
    const current = await lockDelivery(tx, delivery.sid)
    if (!current) throw errors.notFound()
    if (current.state === 'waiting') throw errors.deliveryWaiting()
    return queueAgain(tx, emit, current, now)
  })
}

/** Sends every failed delivery again that fits the filter, oldest first; how many. */
export async function replayFailed(
  chat: Chat,
  caller: Caller,
  service: Service,
  filter: DeliveryFilter,
): Promise<number> {
  requireAccount(caller)
  const scope = { by: caller, serviceSid: service.sid, budget: null }
  let replayed = 0
  for (let after = ''; ; ) {
    const step = await listFailedDeliveries(chat.db, service.sid, filter, after, REPLAYS_PER_STEP)
    const last = step.at(-1)
    if (!last) return replayed
    after = last.sid
    replayed += await commit(chat, scope, async (tx, emit, now) => {
      let count = 0
      for (const { sid } of step) {
        const current = await lockDelivery(tx, sid)
        if (current?.state !== 'failed') continue
        await queueAgain(tx, emit, current, now)
        count++
      }
      return count
    })
  }
}

async function queueAgain(tx: Tx, emit: Emit, delivery: Delivery, now: number): Promise<Delivery> {
  const waiting: Delivery = {
    ...delivery,
    seq: (await joinLane(tx, webhookQueue, delivery.lane, delivery.target, now)).lastSeq,
    state: 'waiting',
    retries: 0,
    updatedAt: now,
  }
  updateDelivery(tx, waiting)
  emit({ type: 'delivery.replayed', delivery: waiting })
  return waiting
}
