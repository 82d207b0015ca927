// What it costs that each message is told to a webhook: durable sends of a service that has one, beside those of a
// service without. The deliveries go out meanwhile; between the turns they are waited for.
//   node bench/webhooks/run.ts [--quick] [--json FILE]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { median, medianRatio } from '../median.ts'
import { AUTHORIZATION } from '../requests.ts'
import { writeResults } from '../result.ts'
import { type Server, startParley, startReceiver } from '../servers.ts'
import type { FanoutResult } from '../sockets/fanout-load.ts'
import { BENCH_ENV, makeRooms, type Room } from '../sockets/room.ts'
import { measureOnce, SENDERS } from '../sockets/sends.ts'

const ROUNDS = 5
const TIME_LIMIT_MS = 120_000

async function main(): Promise<void> {
  const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } })
  setTimeout(() => process.exit(1), TIME_LIMIT_MS).unref()
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const parley = await startParley(folder, join(folder, 'webhooks.db'), BENCH_ENV)
  const receiver = await startReceiver()
  const without = await makeRooms(parley.port, SENDERS)
  const told = await makeRooms(parley.port, SENDERS)
  await setWebhook(parley, told, `http://127.0.0.1:${receiver.port}/`)
  const results: { told: FanoutResult; without: FanoutResult }[] = []
  for (let round = 0; round < (options.quick ? 2 : ROUNDS); round++) {
    const beside = await measureOnce(parley, without)
    results.push({ without: beside, told: await measureOnce(parley, told) })
    await untilDelivered(parley)
  }
  await parley.stop()
  await receiver.stop()
  report(results, options.json)
}

async function setWebhook({ port }: Server, room: Room, url: string): Promise<void> {
  const serviceSid = room.paths[0]?.split('/')[4]
  const answer = await fetch(`http://127.0.0.1:${port}/v2/Services/${serviceSid}`, {
    method: 'POST',
    headers: { authorization: AUTHORIZATION },
    body: new URLSearchParams({ PostWebhookUrl: url, WebhookFilters: 'onMessageSent' }),
  })
  if (answer.status !== 200) throw new Error(`The webhook was answered ${answer.status}`)
}

async function untilDelivered({ port }: Server): Promise<void> {
  for (;;) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    if (/^parley_webhook_queue_depth 0$/m.test(text)) return
    await sleep(200)
  }
}

function report(results: readonly { told: FanoutResult; without: FanoutResult }[], file?: string): void {
  const rate = ({ sends, seconds }: FanoutResult): number => sends / seconds
  const cost = ({ serverCpuSeconds, sends }: FanoutResult): number => (serverCpuSeconds / sends) * 1e6
  const told = results.map((result) => rate(result.told))
  const without = results.map((result) => rate(result.without))
  const value = medianRatio(told, without)
  const each = (rates: readonly number[], costs: readonly number[]): string =>
    `${Math.round(median(rates)).toLocaleString('en')}/s, ${Math.round(median(costs))} us CPU`
  const parley = each(
    told,
    results.map((result) => cost(result.told)),
  )
  const baseline = `without webhook ${each(
    without,
    results.map((result) => cost(result.without)),
  )}`
  console.log(`sends with a webhook: ${parley}; ${baseline}; ratio ${value.toFixed(2)}`)
  const what = 'durable sends over sockets with a post-event webhook, 50 senders in 50 channels'
  writeResults(file, [{ what, parley, baseline, value, unit: '', aim: null }])
}

main().then(
  () => process.exit(0),
  (reason) => {
    console.error(reason)
    process.exit(1)
  },
)
