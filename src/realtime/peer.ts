// A signed-in client, as the handlers of its requests see it.
import type { Bus } from '../bus/bus.ts'
import type { UserCaller } from '../chat/caller.ts'
import type { Chat } from '../chat/chat.ts'
import type { AccessToken } from '../lib/access-token.ts'
import type { LogOutage } from '../lib/outage-log.ts'
import type { SessionLists } from './session/session-lists.ts'
import type { KeptPages } from './sync/kept-pages.ts'
import type { ObjectLoader } from './sync/object-loader.ts'
import type { Subscriptions } from './sync/subscriptions.ts'
import type { Urls } from './urls.ts'

export type Peer = {
  readonly chat: Chat
  readonly bus: Bus
  readonly caller: UserCaller
  readonly urls: Urls
  readonly objects: ObjectLoader
  readonly pages: KeptPages
  readonly subscriptions: Subscriptions
  readonly sessions: SessionLists
  readonly logOutage: LogOutage
  /** Of the newest token. */
  token: Pick<AccessToken, 'endpointId' | 'pushCredentialSid'>
  isOpen(): boolean
  /** Queues a whole WebSocket frame that the client has asked for. */
  answer(frame: Buffer): void
  /** Resolves once the socket takes more, or has ended. */
  room(): Promise<void>
}
