// The server goes away under its clients: all of them come back by themselves, and nothing is lost.
import { expect, test } from 'vitest'
import { type Engine, givenDatabase } from '../support/databases.ts'
import { type ParleyProcess, serve } from '../support/process.ts'
import { SIGNER } from '../support/realtime.ts'
import { officialClient } from '../support/server.ts'
import { SyncView } from '../support/sync-view.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { mintToken } from '../support/tokens.ts'
import { until } from '../support/until.ts'
import { startWatchedWire } from '../support/watched-wire.ts'
import { startAgent } from './start-agent.ts'

const PATIENCE = { timeout: 120_000 }
/** 3 s, a pause of at most 5 s that the server asks for, and a retry or two. */
const RETURN_MS = 25_000
const ENDS: [Engine, NodeJS.Signals][] = [
  ['sqlite', 'SIGTERM'],
  ['sqlite', 'SIGKILL'],
  ['postgres', 'SIGKILL'],
]

async function portOf(parley: ParleyProcess): Promise<number> {
  return Number(new URL((await parley.listening()).address).port)
}

test.concurrent.each(ENDS)(
  'on %s, clients of a server that ends by %s resume their sessions at the next one',
  PATIENCE,
  async (engine, signal) => {
    await using database = await givenDatabase(engine)
    await using first = serve(database, { LOG_LEVEL: 'info' })
    const port = await portOf(first)
    const rest = (at: number) => officialClient(`http://127.0.0.1:${at}`).chat.v2.services
    const { sid: serviceSid } = await rest(port).create({ friendlyName: 'restart' })
    const { sid } = await rest(port)(serviceSid).channels.create({})
    for (const identity of ['raw', 'new', 'old']) {
      await rest(port)(serviceSid).channels(sid).members.create({ identity })
    }
    const token = (identity: string): string => mintToken(SIGNER, serviceSid, identity)
    await using wire = await startTcpProxy(port)
    await using raw = new SyncView({ url: wire.wsUrl, token: () => token('raw') })
    await using newWire = await startWatchedWire(port)
    await using oldWire = await startWatchedWire(port)
    await using newSdk = startAgent('6')
    await using oldSdk = startAgent('4')
    await newSdk.ask('connect', 'new', token('new'), newWire.wsUrl)
    await oldSdk.ask('connect', 'old', token('old'), oldWire.wsUrl)
    for (const settled of [raw, newWire, oldWire]) await settled.settled()

    const answered: number[] = []
    const talk = async (at: number, count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const { index } = await rest(at)(serviceSid)
          .channels(sid)
          .messages.create({ body: `m${i}`, from: 'system' })
        answered.push(index)
      }
    }
    const talking = talk(port, 100_000).catch(() => {})
    await until('some messages', () => answered.length > 30)
    first.kill(signal)
    const exit = await first.exit
    await talking
    await using second = serve(database, { LOG_LEVEL: 'silent' })
    const next = await portOf(second)
    for (const one of [wire, newWire, oldWire]) one.retarget(next)
    await talk(next, 10)
    const count = Math.max(...answered) + 1
    const clients = [['new', newSdk] as const, ['old', oldSdk] as const]
    for (const [name, agent] of clients)
      await agent.ask('waitFor', name, 'messageAdded', { index: count - 1 }, RETURN_MS)
    await until('all messages', () => raw.added(sid).length >= count, {
      ms: RETURN_MS,
      seen: () => raw.added(sid).slice(-9),
    })

    const all = Array.from({ length: count }, (_, i) => i)
    expect(exit).toEqual(signal === 'SIGTERM' ? { code: 0, signal: null } : { code: null, signal })
    expect(all).toEqual(expect.arrayContaining(answered))
    expect(raw.added(sid)).toEqual(all)
    expect(raw.violations).toEqual([])
    for (const [name, agent] of clients) {
      expect((await agent.ask('seen', name, 'messageAdded')).map(({ index }) => index)).toEqual(all)
    }
    for (const [name, agent] of clients) {
      expect(await agent.ask('act', name, { do: 'send', channel: sid, body: 'I am back' })).toBe(0)
      expect(await agent.ask('problems')).toEqual([])
    }
  },
)
