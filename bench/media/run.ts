// How much memory do large files take? The real server, while 20 clients send it 100 MB each, and while they fetch them.
//   node bench/media/run.ts [--quick] [--json FILE]
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { givenBucket } from '../../test/support/s3.ts'
import { AUTHORIZATION } from '../requests.ts'
import { type Result, writeResults } from '../result.ts'
import { startParley } from '../servers.ts'
import { type Memory, watchMemory } from './memory.ts'

const CLIENTS = 20
const MEGABYTE = 1024 * 1024
const FILE_MB = 100
const QUICK_FILE_MB = 25
const CHUNK = Buffer.alloc(65_536, 'parley')
/** Whatever goes wrong, it ends. */
const TIME_LIMIT_MS = 240_000

type Figures = { what: string; seconds: number; memory: Memory }

async function main(): Promise<void> {
  const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } })
  const bytes = (options.quick ? QUICK_FILE_MB : FILE_MB) * MEGABYTE
  setTimeout(() => fail('The benchmark took longer than four minutes'), TIME_LIMIT_MS).unref()
  console.log(`Media: ${CLIENTS} clients at once, ${bytes / MEGABYTE} MB each`)
  const all: Figures[] = []
  for (const measure of [measureDisk, measureBucket]) {
    for (const figures of await measure(bytes)) {
      print(figures)
      all.push(figures)
    }
  }
  writeResults(
    options.json,
    all.map((figures) => resultOf(figures, bytes)),
  )
}

function resultOf({ what, memory, seconds }: Figures, bytes: number): Result {
  const [before, most] = [memory.before, memory.most].map((amount) => Math.round(amount / MEGABYTE))
  return {
    what: `${CLIENTS} files of ${bytes / MEGABYTE} MB at once, ${what}`,
    parley: `${before} MB resident before, at most ${most} MB`,
    ...{ baseline: '', value: seconds, unit: 's', aim: null },
  }
}

async function measureDisk(bytes: number): Promise<Figures[]> {
  const server = await startServer({})
  const { upload, pid } = server
  const sent = await measure('sent to the disk', pid, () => upload(bytes))
  const fetched = await measure('fetched from the disk', pid, () => Promise.all(sent.result.map(download)))
  await server.stop()
  return [sent, fetched]
}

/** Downloads come from the bucket, past the server. */
async function measureBucket(bytes: number): Promise<Figures[]> {
  const bucket = await givenBucket()
  const keys = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' }
  const server = await startServer({ PARLEY_MEDIA_STORE: bucket.address, ...keys })
  const sent = await measure('sent to a bucket', server.pid, () => server.upload(bytes))
  await server.stop()
  await bucket[Symbol.asyncDispose]()
  return [sent]
}

async function startServer(env: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-media-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const server = await startParley(folder, join(folder, 'media.db'), env)
  const base = `http://127.0.0.1:${server.port}`
  const headers = { authorization: AUTHORIZATION }
  const made = await fetch(`${base}/v2/Services`, {
    ...{ method: 'POST', headers },
    body: new URLSearchParams({ FriendlyName: 'bench' }),
  })
  const { sid } = (await made.json()) as { sid: string }
  const url = `${base}/v1/Services/${sid}/Media`
  // What the first of everything needs is not what a file needs.
  await send(url, MEGABYTE)
  await sleep(500)
  return {
    pid: server.pid,
    /** The links of the files, once all of them are kept. */
    upload: (bytes: number) => Promise.all(Array.from({ length: CLIENTS }, () => send(url, bytes))),
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Sends a file and returns its temporary link. */
async function send(url: string, bytes: number): Promise<string> {
  const outgoing = request(url, {
    method: 'POST',
    headers: { authorization: AUTHORIZATION, 'content-type': 'video/mp4', 'content-length': bytes },
  })
  const answered = once(outgoing, 'response')
  await pipeline(chunksOf(bytes), outgoing)
  const [response] = await answered
  const body = Buffer.concat(await response.toArray()).toString()
  if (response.statusCode !== 201) throw new Error(`The upload was answered ${response.statusCode}: ${body}`)
  return JSON.parse(body).links.content_direct_temporary
}

async function download(link: string): Promise<void> {
  const answer = await fetch(link)
  let bytes = 0
  for await (const chunk of answer.body ?? []) bytes += chunk.length
  if (bytes !== Number(answer.headers.get('content-length'))) throw new Error('A file came incomplete')
}

function chunksOf(bytes: number): Readable {
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += CHUNK.length) yield CHUNK.subarray(0, bytes - sent)
    })(),
  )
}

async function measure<T>(
  what: string,
  pid: number,
  work: () => Promise<T>,
): Promise<Figures & { result: T }> {
  const watch = watchMemory(pid)
  const started = performance.now()
  const result = await work()
  const seconds = (performance.now() - started) / 1000
  return { what, seconds, memory: watch.stop(), result }
}

function print({ what, seconds, memory }: Figures): void {
  const mb = (bytes: number): string => `${Math.round(bytes / MEGABYTE)} MB`
  console.log(
    `${what.padEnd(22)} ${seconds.toFixed(1).padStart(5)} s, the server's memory: ${mb(memory.before)} before, ${mb(memory.most)} at most, ${mb(memory.after)} after`,
  )
}

function fail(reason: unknown): never {
  console.error(reason)
  process.exit(1)
}

main().then(() => process.exit(0), fail)
