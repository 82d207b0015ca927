// Queues of jobs in lanes: the jobs of one lane go out in order; lanes go side by side.
import type { Queryable, Tx } from './database.ts'
import { inList, nothing, type Sql, sql } from './sql.ts'

/** The tables of a queue. A job has at least `sid`, `lane`, `seq`, `state`, `created_at` and `updated_at`. */
export type Queue = { jobs: Sql; lanes: Sql }
export const webhookQueue: Queue = { jobs: sql`deliveries`, lanes: sql`delivery_lanes` }
export const pushQueue: Queue = { jobs: sql`pushes`, lanes: sql`push_lanes` }

export type JobState = 'waiting' | 'delivered' | 'failed'

export type Lane = {
  lane: string
  target: string
  lastSeq: number
  /** Jobs that wait in this lane. */
  pending: number
  nextAt: number
  leasedUntil: number
  /** Who holds the lease. */
  lease: string | null
}

/** Takes the lane's next place for one more job. */
export async function joinLane(
  tx: Tx,
  { lanes }: Queue,
  lane: string,
  target: string,
  now: number,
): Promise<number> {
  const row = await tx.one<{ lastSeq: number }>(sql`
    insert into ${lanes} as l (lane, target, last_seq, pending, next_at, leased_until)
    values (${lane}, ${target}, 1, 1, ${now}, 0)
    on conflict (lane) do update set last_seq = l.last_seq + 1, pending = l.pending + 1
    returning last_seq`)
  return row?.lastSeq ?? 1
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
      order by next_at limit ${limit})
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

/** Keeps the lane for longer. False when the lease was lost meanwhile. */
export async function renewLease(
  tx: Tx,
  { lanes }: Queue,
  lane: string,
  lease: string,
  until: number,
): Promise<boolean> {
  const kept = await tx.run(
    sql`update ${lanes} set leased_until = ${until} where lane = ${lane} and lease = ${lease}`,
  )
  return kept === 1
}

/** Takes one job off the lane. With the last one the lane goes, otherwise it keeps its lease; true when it went. */
export async function leaveLane(tx: Tx, { lanes }: Queue, lane: string): Promise<boolean> {
  const left = await tx.one<{ pending: number }>(sql`
    update ${lanes} set pending = pending - 1 where lane = ${lane} returning pending`)
  if (left && left.pending > 0) return false
  await tx.run(sql`delete from ${lanes} where lane = ${lane}`)
  return true
}

/** Gives the lane back, due again at `nextAt`; an empty one goes. */
export async function releaseLane(
  tx: Tx,
  { lanes }: Queue,
  lane: string,
  lease: string,
  nextAt: number,
): Promise<void> {
  await tx.run(sql`
    update ${lanes} set leased_until = 0, lease = null, next_at = ${nextAt} where lane = ${lane} and lease = ${lease}`)
  await tx.run(sql`delete from ${lanes} where lane = ${lane} and pending <= 0 and leased_until = 0`)
}

/** Gives back a lane in which nothing waits; it goes, unless something has come meanwhile. */
export async function discardEmptyLane(
  tx: Tx,
  { jobs, lanes }: Queue,
  lane: string,
  lease: string,
): Promise<void> {
  // The update locks the lane, so that nothing can join it between the look and the end.
  const held = await tx.run(sql`
    update ${lanes} set leased_until = 0, lease = null where lane = ${lane} and lease = ${lease}`)
  if (held === 0) return
  const waiting = await tx.one(
    sql`select 1 as found from ${jobs} where lane = ${lane} and state = 'waiting' limit 1`,
  )
  if (!waiting) await tx.run(sql`delete from ${lanes} where lane = ${lane}`)
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

export type QueueFigures = { depth: number; oldest: number | null }

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
      select sid from ${jobs} where state <> 'waiting' and updated_at < ${time} limit ${limit})`)
}
