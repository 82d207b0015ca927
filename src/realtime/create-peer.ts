import type { SignedIn } from '../chat/sign-in.ts'
import type { RealtimeContext } from './context.ts'
import type { Peer } from './peer.ts'
import { sessionContext } from './session/context.ts'
import { createSessionLists } from './session/session-lists.ts'
import { createObjectLoader } from './sync/object-loader.ts'
import type { Client } from './sync/subscription.ts'
import { createSubscriptions } from './sync/subscriptions.ts'
import { createUrls } from './urls.ts'

/** The peer of a connection that has just signed in, and what ends all it watches. */
export function createPeer(
  { chat, bus, hub, pages, settings, logOutage, publicUrl }: RealtimeContext,
  { caller, token }: SignedIn,
  connection: Omit<Client, 'userSid'> & Pick<Peer, 'isOpen' | 'answer' | 'room'>,
): { peer: Peer; leave(): void } {
  const client: Client = { ...connection, userSid: caller.userSid }
  const subscriptions = createSubscriptions(hub, client, settings.subscriptions)
  const peer: Peer = {
    chat,
    bus,
    caller,
    token,
    objects: createObjectLoader(chat, caller),
    pages,
    logOutage,
    subscriptions,
    urls: createUrls(publicUrl(), caller.serviceSid),
    sessions: createSessionLists(sessionContext(chat, caller, publicUrl()), connection.answer),
    isOpen: connection.isOpen,
    answer: connection.answer,
    room: connection.room,
  }
  return { peer, leave: subscriptions.end }
}
