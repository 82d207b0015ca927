// How fast is it? Durable sends and page reads of the real server on SQLite, next to what a bare Fastify and a
// bare SQLite reach in the same minutes. The ratios count; the absolute figures are those of the machine.
//   node bench/rest/run.ts [--quick] [--json FILE]
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BareAnswers } from '../bare-fastify.ts'
import { openBareSqlite } from '../bare-sqlite.ts'
import { measureSync } from '../disk.ts'
import { AUTHORIZATION, bodyOf, pageRequests, pathOf, sendRequests } from '../requests.ts'
import { writeResults } from '../result.ts'
import type { RouteGreeting } from '../same-route.ts'
import { seedDatabase } from '../seed.ts'
import {
  type Generator,
  startBareFastify,
  startBareHttp,
  startGenerator,
  startParley,
  startSameRoute,
} from '../servers.ts'
import type { LoadResult } from '../window.ts'
import { CONNECTIONS, measureAll, type Plan, SENDS_PER_COMMIT, type Subject } from './measure.ts'
import * as report from './report.ts'

const FULL: Plan = { rounds: 7, firstWarmUpMs: 4_000, warmUpMs: 300, measureMs: 1_200, bareMs: 500 }
const QUICK: Plan = { rounds: 3, firstWarmUpMs: 2_000, warmUpMs: 200, measureMs: 800, bareMs: 300 }
const SMALL = 10_000
const LARGE = 1_000_000
const LARGE_WHEN_QUICK = 100_000
/** Whatever goes wrong, it ends. */
const TIME_LIMIT_MS = 240_000
/** Faster than this, nothing is written to a disk. */
const MEMORY_SYNC_US = 15
/** Processes that want to run, before any of ours does. */
const BUSY_LOAD = 0.5

async function main(): Promise<void> {
  const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } })
  const plan = options.quick ? QUICK : FULL
  setTimeout(() => fail('The benchmark took longer than four minutes'), TIME_LIMIT_MS).unref()
  const folder = temporaryFolder()
  introduce(folder)
  const generator = startGenerator()
  await measureGenerator(generator)
  const subjects: Subject[] = []
  for (const messages of [SMALL, options.quick ? LARGE_WHEN_QUICK : LARGE]) {
    const set = await seedDatabase(folder, messages)
    subjects.push({ set, parley: await startParley(folder, set.path), sqlite: openBareSqlite(set) })
  }
  const fastify = await startBareFastify(await sampleAnswers(subjects[0]))
  const route = await startSameRoute(routeGreeting(folder, subjects[0]))
  const series = await measureAll({ generator, route, fastify, subjects, plan }, (round) =>
    process.stderr.write(`Round ${round} of ${plan.rounds}\n`),
  )
  for (const { parley, sqlite } of subjects) {
    sqlite.close()
    await parley.stop()
  }
  await Promise.all([route.stop(), fastify.stop()])
  const rows = series.map(report.summarize)
  const growth = (['send', 'read'] as const).flatMap((kind) => report.growthOf(kind, series) ?? [])
  print(rows, growth)
  writeResults(options.json, report.resultsOf(rows))
}

/** Removed at the end, also after a failure and after Ctrl+C. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  process.on('SIGINT', () => process.exit(130))
  process.on('SIGTERM', () => process.exit(143))
  return folder
}

function introduce(folder: string): void {
  const syncMicros = measureSync(folder)
  console.log(
    `Node.js ${process.version}, ${cpus().length} cores, ${CONNECTIONS} connections, a sync to disk takes ${Math.round(syncMicros)} us`,
  )
  if (syncMicros < MEMORY_SYNC_US) {
    console.log(`NOTE: ${tmpdir()} seems to be no disk: set TMPDIR to a folder on one`)
  }
  const [load = 0] = loadavg()
  if (load > BUSY_LOAD) {
    console.log(
      `NOTE: other work is using this machine (load ${load.toFixed(1)}): CPU figures are steadier than rates`,
    )
  }
}

/** The most that the generator can be asked to measure: a server that does nothing, at its best of three. */
async function measureGenerator(generator: Generator): Promise<void> {
  const server = await startBareHttp()
  const request = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}'
  const job = { requests: [request], status: 201, connections: CONNECTIONS, warmUpMs: 700, measureMs: 700 }
  const results: LoadResult[] = []
  while (results.length < 3) results.push(await generator.run({ ...job, port: server.port, pid: server.pid }))
  await server.stop()
  const best = results.reduce((a, b) => (report.rate(a) > report.rate(b) ? a : b))
  const serverShare = best.serverCpuSeconds / best.seconds
  console.log(
    `generator: ${report.count(report.rate(best))} req/s against a bare node:http server that used ${report.percent(serverShare)} of a core, the generator ${report.percent(report.generatorShare(best))}\n`,
  )
}

/** What Parley answers, for bare Fastify to answer the same. */
async function sampleAnswers(subject: Subject | undefined): Promise<BareAnswers> {
  if (!subject) throw new Error('There is no database')
  const [send = ''] = sendRequests(subject.set)
  const [read = ''] = pageRequests(subject.set)
  const url = `http://127.0.0.1:${subject.parley.port}`
  const headers = { authorization: AUTHORIZATION }
  const sent = await fetch(url + pathOf(send), {
    method: 'POST',
    headers,
    body: new URLSearchParams(bodyOf(send)),
  })
  const page = await fetch(url + pathOf(read), { headers })
  const answers = { send: (await sent.json()) as object, read: (await page.json()) as object }
  subject.sqlite.trim()
  return answers
}

function routeGreeting(folder: string, subject: Subject | undefined): RouteGreeting {
  const [channelSid] = subject?.set.channelSids ?? []
  if (!subject || !channelSid) throw new Error('There is no database')
  return { serviceSid: subject.set.serviceSid, channelSid, log: join(folder, 'route.log') }
}

function print(rows: report.Row[], growth: report.Growth[]): void {
  console.log(`${report.renderTable(rows)}\n`)
  for (const row of rows) console.log(report.renderTogether(row))
  console.log(
    `bare SQLite sends: ${SENDS_PER_COMMIT} in a commit; ratios are Parley to the bare one, medians of the rounds`,
  )
  console.log(
    `generator: at most ${report.percent(Math.max(...rows.map((row) => row.generatorShare)))} of a core\n`,
  )
  for (const one of growth) console.log(report.renderGrowth(one))
  for (const row of rows) if (row.what === 'send') console.log(report.renderAim(row))
  console.log(`\n${Math.round(performance.now() / 1000)} s in all`)
}

function fail(reason: unknown): never {
  console.error(reason)
  process.exit(1)
}

main().then(() => process.exit(0), fail)
