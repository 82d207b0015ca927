// Queues of jobs in lanes: the jobs of one lane go out in order; lanes go side by side.
import { type Counters, countersOf } from './counts.ts'
import type { CountedTable, Queryable, Tx } from './database.ts'
import { inList, limitTo, nothing, type Sql, sql } from './sql.ts'

/** The tables of a queue. A job has at least `sid`, `lane`, `seq`, `state`, `created_at` and `updated_at`. */
export type Queue = { jobs: Sql; lanes: Sql; counters: Counters }
export const webhookQueue: Queue = {
  jobs: sql`deliveries`,
  lanes: sql`delivery_lanes`,
  counters: laneCounters('delivery_lanes'),
}
export const pushQueue: Queue = {
  jobs: sql`pushes`,
  lanes: sql`push_lanes`,
  counters: laneCounters('push_lanes'),
}

export type JobState = 'waiting' | 'delivered' | 'failed'

/** It stays for a while when nothing waits in it: what comes often is only counted. */
export type Lane = {
  lane: string
  /** Of the newest job. */
  target: string
  lastSeq: number
  /** Jobs that wait in this lane. */
  pending: number
  nextAt: number
  leasedUntil: number
  /** Who holds the lease. */
  lease: string | null
}

function laneCounters(table: CountedTable): Counters {
  const columns = ['target', 'last_seq', 'pending', 'next_at', 'leased_until', 'lease']
  return countersOf(table, columns, { key: ['lane'], tombstones: false })
}

/** The lane with one more job, whose place is `lastSeq`. */
export async function joinLane(
  tx: Tx,
  { lanes, counters }: Queue,
  lane: string,
  target: string,
  now: number,
): Promise<Lane> {
  const joined =
    (await tx.count<Lane>(counters, [lane], { add: ['lastSeq', 'pending'], take: [], set: { target } })) ??
    (await tx.one<Lane>(sql`
      insert into ${lanes} as l (lane, target, last_seq, pending, next_at, leased_until)
      values (${lane}, ${target}, 1, 1, ${now}, 0)
      on conflict (lane) do update set target = ${target}, last_seq = l.last_seq + 1, pending = l.pending + 1
      returning *`))
  if (!joined) throw new Error(`There is no lane ${lane}`)
  return joined
}

/** Leases a lane that this transaction has locked. */
export function leaseLane(tx: Tx, queue: Queue, { lane }: Lane, lease: string, until: number): Promise<void> {
  return change(tx, queue, lane, { lease, leasedUntil: until })
}

/** The lane, locked, while it is leased to `lease`. */
export async function lockLeased(
  tx: Tx,
  { counters }: Queue,
  lane: string,
  lease: string,
): Promise<Lane | undefined> {
  const row = await tx.lock<Lane>(counters, [lane])
  return row?.lease === lease ? row : undefined
}

/** Leases up to `limit` lanes that are due, except those of the targets that are held back. */
export function leaseDueLanes(
  tx: Tx,
  { lanes }: Queue,
  now: number,
  until: number,
  lease: string,
  heldBack: readonly string[],
  limit: number,
): Promise<Lane[]> {
  const others: Sql = heldBack.length > 0 ? sql`and target not in ${inList(heldBack)}` : nothing
  return tx.many<Lane>(sql`
    update ${lanes} set leased_until = ${until}, lease = ${lease}
    where lane in (
      select lane from ${lanes} where next_at <= ${now} and leased_until <= ${now} and pending > 0 ${others}
      order by next_at ${limitTo(limit)})
    and leased_until <= ${now}
    returning *`)
}

/** Leases one due lane of a target; for a probe. */
export function leaseLaneOf(
  tx: Tx,
  { lanes }: Queue,
  target: string,
  now: number,
  until: number,
  lease: string,
): Promise<Lane | undefined> {
  return tx.one<Lane>(sql`
    update ${lanes} set leased_until = ${until}, lease = ${lease}
    where lane in (
      select lane from ${lanes} where target = ${target} and leased_until <= ${now} and pending > 0
      order by next_at limit 1)
    and leased_until <= ${now}
    returning *`)
}

/** Takes one job off a locked lane, which is kept until `until`, or given back when nothing is left in it: then true. */
export async function leaveLane(
  tx: Tx,
  queue: Queue,
  lane: Lane,
  now: number,
  until: number,
): Promise<boolean> {
  const pending = lane.pending - 1
  if (pending > 0) await change(tx, queue, lane.lane, { pending, leasedUntil: until })
  else await change(tx, queue, lane.lane, { pending: 0, ...released(now) })
  return pending <= 0
}

/** Gives a locked lane back, due again at `nextAt`. */
export function releaseLane(tx: Tx, queue: Queue, { lane }: Lane, nextAt: number): Promise<void> {
  return change(tx, queue, lane, released(nextAt))
}

/** Gives a locked lane back in which no job was found; one may have come meanwhile. */
export async function releaseEmptyLane(tx: Tx, queue: Queue, { lane }: Lane, now: number): Promise<void> {
  const waiting = await tx.one(
    sql`select 1 as found from ${queue.jobs} where lane = ${lane} and state = 'waiting' limit 1`,
  )
  await change(tx, queue, lane, { ...(waiting ? {} : { pending: 0 }), ...released(now) })
}

function released(nextAt: number): Partial<Lane> {
  return { lease: null, leasedUntil: 0, nextAt }
}

async function change(tx: Tx, { counters }: Queue, lane: string, set: Partial<Lane>): Promise<void> {
  await tx.count<Lane>(counters, [lane], { add: [], take: [], set })
}

/** When the next lane is due, in milliseconds since 1970, leaving aside the targets that are held back. */
export async function findNextDue(
  db: Queryable,
  { lanes }: Queue,
  heldBack: readonly string[],
): Promise<number | null> {
  const others: Sql = heldBack.length > 0 ? sql`and target not in ${inList(heldBack)}` : nothing
  const row = await db.one<{ due: number | null }>(sql`
    select min(case when leased_until > next_at then leased_until else next_at end) as due
    from ${lanes} where pending > 0 ${others}`)
  return row?.due ?? null
}

type QueueFigures = { depth: number; oldest: number | null }

/** How many jobs wait, and since when the oldest does. */
export async function measureQueue(db: Queryable, { jobs }: Queue): Promise<QueueFigures> {
  const row = await db.one<QueueFigures>(sql`
    select count(*) as depth, min(created_at) as oldest from ${jobs} where state = 'waiting'`)
  return row ?? { depth: 0, oldest: null }
}

/** Deletes up to `limit` jobs that ended before `time`. The number deleted. */
export function pruneEnded(tx: Tx, { jobs }: Queue, time: number, limit: number): Promise<number> {
  return tx.run(sql`
    delete from ${jobs} where sid in (
      select sid from ${jobs} where state <> 'waiting' and updated_at < ${time} ${limitTo(limit)})`)
}

/** Deletes those of the next `limit` lanes after the lane `after` in which nothing has waited since `time`. The last one looked at; null behind the end. */
export async function pruneIdleLanes(
  tx: Tx,
  { lanes }: Queue,
  time: number,
  after: string,
  limit: number,
): Promise<string | null> {
  const names = await tx.many<{ lane: string }>(
    sql`select lane from ${lanes} where lane > ${after} order by lane ${limitTo(limit)}`,
  )
  const last = names.at(-1)?.lane ?? null
  if (last === null) return null
  await tx.run(sql`
    delete from ${lanes} where lane > ${after} and lane <= ${last} and pending <= 0 and next_at < ${time}`)
  return last
}
