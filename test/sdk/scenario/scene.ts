// The stage of the scenario: one SDK, one service, and clients on wires that can be watched and cut.
import twilio from 'twilio'
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { mintToken, type Signer, signerOf, type TokenOptions } from '../../support/tokens.ts'
import { startWatchedWire, type WatchedWire } from '../../support/watched-wire.ts'
import type { Sdk, SdkChannel, SdkClient } from '../adapters/sdk.ts'

export type Actor = SdkClient & {
  identity: string
  wire: WatchedWire
  /** Waits until all that the client has opened is live. */
  settled(): Promise<void>
}

export type Scene = AsyncDisposable & {
  sdk: Sdk
  url: string
  rest: ServiceContext
  token(identity: string, options?: TokenOptions & { serviceSid?: string }): string
  /** A client that is connected, initialised and live. */
  enter(identity: string, options?: { construct?: boolean; token?: string }): Promise<Actor>
  /** Everybody who entered. */
  cast: Actor[]
  /** The last frames of everyone's wire. */
  traces(): string
}

export type StageOptions = {
  sdk: Sdk
  url: string
  env: Readonly<Record<string, string | undefined>>
  serviceSid: string
}

export function openStage({ sdk, url, env, serviceSid }: StageOptions): Scene {
  const signer = signerOf(env)
  const cast: Actor[] = []
  const wires: WatchedWire[] = []
  const token: Scene['token'] = (identity, { serviceSid: other, ...options } = {}) =>
    mintToken(signer, other ?? serviceSid, identity, options)
  return {
    sdk,
    url,
    rest: restOf(url, signer, env.PARLEY_AUTH_TOKEN ?? '', serviceSid),
    token,
    cast,
    traces: () => wires.map((wire, i) => `--- wire ${i + 1}\n${wire.trace().join('\n')}`).join('\n'),
    async enter(identity, { construct, token: given } = {}) {
      const wire = await startWatchedWire(Number(new URL(url).port))
      wires.push(wire)
      const client = await sdk.connect(given ?? token(identity), wire.wsUrl, { construct })
      const actor = { ...client, identity, wire, settled: () => wire.settled() }
      cast.push(actor)
      return actor
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(cast.map((actor) => actor.shutdown().catch(() => {})))
      await Promise.all(wires.map((wire) => wire[Symbol.asyncDispose]()))
    },
  }
}

function restOf(url: string, signer: Signer, authToken: string, serviceSid: string): ServiceContext {
  const client = twilio(signer.accountSid, authToken)
  client.chat.baseUrl = url
  return client.chat.v2.services(serviceSid)
}

/** What the steps hand on to each other. */
export type Play = Scene & {
  alice: Actor
  bob: Actor
  carol: Actor
  /** The channel that all three are in, as each of them has it. */
  general: { alice: SdkChannel; bob: SdkChannel; carol: SdkChannel }
  /** The service that test/sdk/large-service.ts has filled. */
  largeServiceSid: string
  pushCredentialSid: string
}

export type Step = {
  name: string
  /** The SDKs of some versions leave rejections unhandled here, whatever the server does. */
  leavesRejections?: boolean
  run(play: Play): Promise<void>
}
