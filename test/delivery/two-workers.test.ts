// Two processes on one database, one of them held up for longer than its lease: nothing is lost, nothing overtakes.
import { expect, test, vi } from 'vitest'
import { createWebhookCaller } from '../../src/delivery/http-caller.ts'
import { createWebhookJobs } from '../../src/delivery/webhook-jobs.ts'
import { LaneWorker } from '../../src/delivery/worker.ts'
import { newSid } from '../../src/lib/sid.ts'
import type { Database } from '../../src/store/database.ts'
import { type Delivery, insertDelivery } from '../../src/store/deliveries.ts'
import { joinLane, webhookQueue } from '../../src/store/lanes.ts'
import { sql } from '../../src/store/sql.ts'
import { ENGINES } from '../support/databases.ts'
import { type Reply, startReceiver } from '../support/receiver.ts'
import { AUTH_TOKEN } from '../support/server.ts'
import { givenStore } from '../support/stores.ts'

const MINUTE_MS = 60_000
const PATIENCE = { timeout: 20_000 }

test.each(ENGINES)(
  'on %s a worker that comes back late takes no place in its lane from another job',
  async (engine) => {
    const late = Promise.withResolvers<Reply>()
    const lateIsOver = Promise.withResolvers<void>()
    await using store = await givenStore(engine)
    await using receiver = await startReceiver(async (_received, count) => {
      if (count === 1) return late.promise
      if (count === 3) await lateIsOver.promise
      return { status: count === 3 || count === 5 ? 503 : 200 }
    })
    for (const index of ['0', '1', '2']) await insertJob(store.db, receiver.url(), index)
    await using first = givenWorker(store.db, 0)
    await using second = givenWorker(store.db, MINUTE_MS)

    first.worker.wake()
    await receiver.waitFor(1)
    second.worker.wake()
    await receiver.waitFor(3)
    late.resolve({ status: 200 })
    await first.worker.stop()
    lateIsOver.resolve()
    await receiver.waitFor(6)

    expect(receiver.received.map(({ parameters }) => `${parameters.Index} ${parameters.RetryCount}`)).toEqual(
      [...['0 0', '0 0'], ...['1 0', '1 1'], ...['2 0', '2 1']],
    )
    await vi.waitUntil(async () => (await waitingJobs(store.db)) === 0, PATIENCE)
  },
)

test.each(ENGINES)(
  'on %s a job that joins an empty lane starts with its commit, and one that is undone leaves nothing behind',
  async (engine) => {
    await using store = await givenStore(engine)
    await using receiver = await startReceiver()
    await using only = await givenWorker(store.db, 0)
    const { db } = store
    const send = (index: string, isUndone = false) =>
      sendThrough(only.worker, db, newJob(receiver.url(), index, 0), isUndone)

    await expect(send('undone', true)).rejects.toThrow('undone')
    for (const index of ['0', '1', '2']) await send(index)
    await receiver.waitFor(3)

    await vi.waitUntil(async () => (await waitingJobs(db)) === 0, PATIENCE)
    expect(receiver.received.map(({ parameters }) => parameters.Index)).toEqual(['0', '1', '2'])
    const lanes = await db.many(sql`select last_seq, pending, leased_until, lease from delivery_lanes`)
    expect(lanes).toEqual([{ lastSeq: 3, pending: 0, leasedUntil: 0, lease: null }])
  },
)

test.each(ENGINES)(
  'on %s transactions that come to nothing, or start over, keep no place from others and send nothing twice',
  async (engine) => {
    await using store = await givenStore(engine)
    await using receiver = await startReceiver()
    await using only = await givenWorker(store.db, 0)
    const { db } = store
    const send = (lane: string, isUndone: boolean) =>
      sendThrough(only.worker, db, { ...newJob(receiver.url(), lane, 0), lane }, isUndone)
    const lanes = Array.from({ length: 16 }, (_, i) => `lane ${i}`)
    for (const lane of lanes) await send(lane, false)
    await receiver.waitFor(16)
    await vi.waitUntil(async () => (await waitingJobs(db)) === 0, PATIENCE)

    // All share a commit where the engine does that: the last one makes the others start over.
    const outcomes = await Promise.allSettled([...lanes.map((lane) => send(lane, false)), send('none', true)])
    for (const i of [0, 1, 2]) await expect(send(`none ${i}`, true)).rejects.toThrow('undone')
    await receiver.waitFor(32)
    await vi.waitUntil(async () => (await waitingJobs(db)) === 0, PATIENCE)
    await Promise.allSettled(lanes.map((lane) => send(lane, true)))
    // As long as a lease: by then nobody can come back to what was promised.
    only.advance(10_000)
    await send('another', false)
    await receiver.waitFor(33)

    expect(outcomes.map(({ status }) => status)).toEqual([...lanes.map(() => 'fulfilled'), 'rejected'])
    const counts = Map.groupBy(receiver.received, ({ parameters }) => parameters.Index)
    expect([...counts.values()].map((all) => all.length)).toEqual([...lanes.map(() => 2), 1])
  },
)

/** Its clock goes ahead by so much. */
function givenWorker(db: Database, ahead: number) {
  const errors: unknown[] = []
  let advanced = ahead
  const caller = createWebhookCaller({ authToken: AUTH_TOKEN, blockPrivate: false })
  const now = (): number => Date.now() + advanced
  const onError = (error: unknown): void => void errors.push(error)
  const kind = createWebhookJobs({ caller, now, observe: () => {} })
  const worker = new LaneWorker({ db, kind, now, onError })
  return {
    worker,
    advance(milliseconds: number): void {
      advanced += milliseconds
    },
    async [Symbol.asyncDispose]() {
      await worker.stop()
      caller.close()
      expect(errors).toEqual([])
    },
  }
}

/** As a message brings a job: it joins its lane in a transaction, and begins with the commit. */
async function sendThrough(
  worker: LaneWorker<Delivery>,
  db: Database,
  job: Delivery,
  isUndone: boolean,
): Promise<void> {
  const joined = await db.transaction(async (tx) => {
    const made = { ...job, seq: await worker.join(tx, job, Date.now()) }
    insertDelivery(tx, made)
    if (isUndone) throw new Error('undone')
    return made
  })
  worker.begin([joined])
}

async function insertJob(db: Database, url: string, index: string): Promise<void> {
  await db.transaction(async (tx) => {
    const { lastSeq } = await joinLane(tx, webhookQueue, 'lane', url, Date.now())
    insertDelivery(tx, newJob(url, index, lastSeq))
  })
}

function newJob(url: string, index: string, seq: number): Delivery {
  const now = Date.now()
  return {
    ...{ sid: newSid('WD'), accountSid: newSid('AC'), serviceSid: newSid('IS'), channelSid: null },
    ...{ webhookSid: null, event: 'onMessageSent', method: 'POST', target: url, url, lane: 'lane', seq },
    parameters: JSON.stringify([['Index', index]]),
    ...{ idempotencyToken: `token ${index}`, retryLimit: 3, state: 'waiting', attempts: 0, retries: 0 },
    ...{ lastAttemptAt: null, durationMs: null, responseStatus: null, responseBody: null, error: null },
    ...{ createdAt: now, updatedAt: now },
  }
}

async function waitingJobs(db: Database): Promise<number> {
  return (await db.many(sql`select sid from deliveries where state = 'waiting'`)).length
}
