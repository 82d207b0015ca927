// What only clients bring about: presence, and devices that are registered for push.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { newSid, type Sid } from '../../src/lib/sid.ts'
import { type Binding, saveBinding } from '../../src/store/bindings.ts'
import { lockUser, updateUser } from '../../src/store/users.ts'
import type { TestServer } from './server.ts'

export const ALL_MESSAGE_TYPES = [
  'removed_from_channel',
  'new_message',
  'added_to_channel',
  'invited_to_channel',
]

/** A device of this user, registered for push; from then on the user is notifiable. */
export async function givenDevice(
  server: TestServer,
  service: ServiceContext,
  identity: string,
  given: Partial<Pick<Binding, 'bindingType' | 'endpoint'>> = {},
): Promise<Binding> {
  const user = await service.users(encodeURIComponent(identity)).fetch()
  const now = Date.now()
  const binding: Binding = {
    sid: newSid('BS'),
    serviceSid: user.serviceSid as Sid<'IS'>,
    userSid: user.sid as Sid<'US'>,
    identity,
    endpoint: `${identity}-phone`,
    credentialSid: newSid('CR'),
    bindingType: 'fcm',
    address: newSid('XT'),
    messageTypes: JSON.stringify(ALL_MESSAGE_TYPES),
    dialect: 'chat',
    badge: null,
    createdAt: now,
    updatedAt: now,
    ...given,
  }
  await server.app.chat.db.transaction((tx) => saveBinding(tx, binding))
  await setPresence(server, user.sid, { isNotifiable: 1 })
  return binding
}

export async function setPresence(
  server: TestServer,
  userSid: string,
  presence: { isOnline?: number; isNotifiable?: number },
): Promise<void> {
  await server.app.chat.db.transaction(async (tx) => {
    const user = await lockUser(tx, userSid as Sid<'US'>)
    if (!user) throw new Error(`There is no user ${userSid}`)
    await updateUser(tx, user, { ...user, ...presence })
  })
}
