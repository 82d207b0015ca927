// Clients that live through everything that happens, and how they are compared with those who have just come.

import { SyncView } from '../../support/sync-view.ts'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { startWatchedWire, type WatchedWire } from '../../support/watched-wire.ts'
import type { Action, Snapshot } from '../agent-ops.ts'
import type { Agent } from '../start-agent.ts'

export type LivingClient = AsyncDisposable & {
  identity: string
  wire: TcpProxy
  /** True while its wire is held: it cannot act. */
  isStalled: boolean
  settled(): Promise<void>
  /** Breaks the connection at a moment when the client can bear it. */
  cut(): Promise<void>
  /** Undefined for the client without verbs. */
  act?(action: Action): Promise<number>
  /** Plain data; of the channels in `forgiven` only what SDKs read anew when they come back into a channel. */
  snapshot(forgiven?: ReadonlySet<string>): Promise<unknown>
  /** Channels that it has left at some time: an SDK that comes back keeps members and texts from before. */
  left(): Promise<ReadonlySet<string>>
  /** What the client has seen that it must not see. */
  violations(): string[]
}

export type Entry = { port: number; identity: string; token: () => string }

let names = 0

/** An SDK's client in the agent's process. */
export async function enterSdk(agent: Agent, { port, identity, token }: Entry): Promise<LivingClient> {
  const wire: WatchedWire = await startWatchedWire(port)
  const name = `${identity} ${++names}`
  await agent.ask('connect', name, token(), wire.wsUrl)
  return {
    identity,
    wire,
    isStalled: false,
    settled: () => wire.settled(),
    async cut() {
      // A read that is cut off is not tried again by the SDKs: they would miss a channel for good.
      await wire.settled()
      wire.cut()
    },
    act: (action) => agent.ask('act', name, action),
    snapshot: async (forgiven = new Set()) => forgive(await agent.ask('snapshot', name), forgiven),
    left: async () =>
      new Set((await agent.ask('seen', name, 'channelLeft')).map(({ channel }) => String(channel))),
    violations: () => [],
    async [Symbol.asyncDispose]() {
      await agent.ask('disconnect', name).catch(() => {})
      await wire[Symbol.asyncDispose]()
    },
  }
}

function forgive({ user, channels }: Snapshot, forgiven: ReadonlySet<string>): object {
  const entries = Object.entries(channels).map(([sid, { state, members, messages }]) =>
    forgiven.has(sid)
      ? [sid, { state, messages: messages?.map(({ index }) => index) }]
      : [sid, { state, members, messages }],
  )
  return { user, channels: Object.fromEntries(entries) }
}

/** The view that is kept by hand; it bears a cut at any moment. */
export async function enterView({ port, identity, token }: Entry): Promise<LivingClient> {
  const wire = await startTcpProxy(port)
  const view = new SyncView({ url: wire.wsUrl, token, protocol: 3 })
  await view.settled()
  return {
    identity,
    wire,
    isStalled: false,
    settled: () => view.settled(),
    cut: async () => wire.cut(),
    snapshot: async () => view.snapshot(),
    left: async () => new Set(),
    violations: () => view.violations,
    async [Symbol.asyncDispose]() {
      await view[Symbol.asyncDispose]()
      await wire[Symbol.asyncDispose]()
    },
  }
}
