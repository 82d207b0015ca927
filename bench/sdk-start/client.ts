// One SDK client in a process of its own: how long until it is initialised, and until it has all its channels.
//   node bench/sdk-start/client.ts MODULE CHANNELS URL TOKEN [record FILE | replay FILE]
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { recordSockets } from './recording.ts'
import { replaySockets } from './replay.ts'

export type Start = {
  loadMs: number
  initializedMs: number
  /** Every channel has been announced as joined: with its document open, in the conversations SDKs with list and roster too. */
  allPresentMs: number
  /** Of this process, from the first frame on. */
  cpuMs: number
}

type Client = { on(event: string, listener: (value: unknown) => void): void }
type ClientClass = new (token: string, options: object) => Client

/** With `record` what the server answers is written to the file, with `replay` it comes from there, and no server is asked. */
export type Mode = 'record' | 'replay'

const [module = '', channels = '', url = '', token = '', mode, file = ''] = process.argv.slice(2)

async function start(): Promise<Start> {
  const begin = performance.now()
  const { Client } = createRequire(import.meta.url)(module) as { Client: ClientClass }
  const loaded = performance.now()
  const cpu = process.cpuUsage()
  const client = new Client(token, { Twilsock: { uri: url } })
  let joined = 0
  const initialized = new Promise<number>((resolve, reject) => {
    client.on('stateChanged', (state) => {
      if (state === 'initialized') resolve(performance.now())
      else reject(new Error(`The client is ${state}`))
    })
  })
  const allPresent = new Promise<number>((resolve) => {
    const count = (): void => {
      if (++joined === Number(channels)) resolve(performance.now())
    }
    client.on('channelJoined', count)
    client.on('conversationJoined', count)
  })
  const initializedAt = await initialized
  const allPresentAt = await allPresent
  const { user, system } = process.cpuUsage(cpu)
  return {
    loadMs: loaded - begin,
    initializedMs: initializedAt - loaded,
    allPresentMs: allPresentAt - loaded,
    cpuMs: (user + system) / 1_000,
  }
}

async function main(): Promise<Start> {
  if (mode === 'replay') replaySockets(JSON.parse(readFileSync(file, 'utf8')))
  if (mode !== 'record') return start()
  const { recording, quiet } = recordSockets()
  const result = await start()
  await quiet()
  writeFileSync(file, JSON.stringify(recording))
  return result
}

main().then(
  (result) => process.stdout.write(JSON.stringify(result), () => process.exit(0)),
  (reason) => {
    console.error(reason)
    process.exit(1)
  },
)
