// Rounds of short measurements in turn: Parley, bare Fastify, bare SQLite, and again, so that whatever else the
// machine does meanwhile hits all of them.
import type { BareSqlite } from '../bare-sqlite.ts'
import { pageRequests, sendRequests } from '../requests.ts'
import type { DataSet } from '../seed.ts'
import type { Generator, Server } from '../servers.ts'
import type { LoadResult } from '../window.ts'

export type Kind = 'send' | 'read'
export type Plan = {
  rounds: number
  /** Once, before the first round: the engine compiles what it sees often. */
  firstWarmUpMs: number
  warmUpMs: number
  measureMs: number
  /** For each measurement of bare SQLite. */
  bareMs: number
}
/** A database with the server that has it open. */
export type Subject = { set: DataSet; parley: Server; sqlite: BareSqlite }
/** `route` is that of a send without its storage, `fastify` one that does nothing. */
export type Lab = { generator: Generator; route: Server; fastify: Server; subjects: Subject[]; plan: Plan }

/** The requests of one kind against one database, measured in every round. */
export type Series = {
  kind: Kind
  messages: number
  parley: LoadResult[]
  /** Empty for reads. */
  route: LoadResult[]
  fastify: LoadResult[]
  /** Operations per second; sends with SENDS_PER_COMMIT of them in a transaction. */
  sqlite: number[]
  /** Sends per second with a commit for each; empty for reads. */
  sqliteOneByOne: number[]
}

/** As many as there are senders over sockets. */
export const CONNECTIONS = 50
export const SENDS_PER_COMMIT = 32
const STATUS = { send: 201, read: 200 }

type Track = { subject: Subject; requests: string[]; series: Series }

export async function measureAll(lab: Lab, onRound: (round: number) => void): Promise<Series[]> {
  // The same kind at both sizes comes one right after the other, because the two are compared.
  const tracks = (['send', 'read'] as const).flatMap((kind) =>
    lab.subjects.map((subject) => newTrack(subject, kind)),
  )
  for (const track of tracks) await warmUp(lab, track)
  for (let round = 1; round <= lab.plan.rounds; round++) {
    for (const track of tracks) await measureOnce(lab, track)
    onRound(round)
  }
  return tracks.map(({ series }) => series)
}

function newTrack(subject: Subject, kind: Kind): Track {
  const { messages } = subject.set
  const requests = kind === 'send' ? sendRequests(subject.set) : pageRequests(subject.set)
  return {
    subject,
    requests,
    series: { kind, messages, parley: [], route: [], fastify: [], sqlite: [], sqliteOneByOne: [] },
  }
}

async function warmUp(lab: Lab, track: Track): Promise<void> {
  await load(lab, track.subject.parley, track, lab.plan.firstWarmUpMs)
  track.subject.sqlite.trim()
  if (track.series.kind === 'send') await load(lab, lab.route, track, lab.plan.firstWarmUpMs)
  await load(lab, lab.fastify, track, lab.plan.warmUpMs)
}

async function measureOnce(lab: Lab, track: Track): Promise<void> {
  const { series, subject } = track
  const { bareMs } = lab.plan
  series.parley.push(await load(lab, subject.parley, track, lab.plan.warmUpMs))
  subject.sqlite.trim()
  if (series.kind === 'send') series.route.push(await load(lab, lab.route, track, lab.plan.warmUpMs))
  series.fastify.push(await load(lab, lab.fastify, track, lab.plan.warmUpMs))
  if (series.kind === 'read') {
    series.sqlite.push(subject.sqlite.measureReads(bareMs))
    return
  }
  series.sqlite.push(subject.sqlite.measureSends(SENDS_PER_COMMIT, bareMs))
  series.sqliteOneByOne.push(subject.sqlite.measureSends(1, bareMs))
  subject.sqlite.trim()
}

function load(lab: Lab, server: Server, track: Track, warmUpMs: number): Promise<LoadResult> {
  return lab.generator.run({
    port: server.port,
    pid: server.pid,
    requests: track.requests,
    status: STATUS[track.series.kind],
    connections: CONNECTIONS,
    warmUpMs,
    measureMs: lab.plan.measureMs,
  })
}
