// Two servers on one database share the work: what one has recorded the other may send, and nothing goes out twice.
import { expect, test } from 'vitest'
import { times } from '../support/at-once.ts'
import { givenDatabase } from '../support/databases.ts'
import { startScene } from '../support/push/scene.ts'
import { startServer } from '../support/server.ts'

const MESSAGES = 20
const DEVICES = 10

test('each device gets each message once, in order, whichever server was told of it', async () => {
  await using database = await givenDatabase('postgres')
  const shared = { DATABASE_URL: database.url }
  await using scene = await startScene(shared, 'postgres')
  await using second = await startServer({ ...scene.settings, ...shared }, 'postgres')
  const identities = times(DEVICES, (i) => `user${i}`)
  for (const identity of identities) await scene.register(identity)
  const channel = await scene.channel(identities)
  const { services } = second.client.chat.v2

  await Promise.all(
    times(MESSAGES, (i) => {
      const service = i % 2 === 0 ? scene.service : services(scene.serviceSid)
      return service.channels(channel).messages.create({ body: `message ${i}` })
    }),
  )
  await scene.fcm.inbox.waitFor(MESSAGES * DEVICES)
  await scene.settled()

  const indexes: Record<string, string[]> = {}
  for (const { message } of scene.fcm.inbox.received) {
    indexes[message.token] = [...(indexes[message.token] ?? []), message.data.message_index ?? '']
  }
  expect(indexes).toEqual(
    Object.fromEntries(identities.map((identity) => [`token-of-${identity}`, times(MESSAGES, String)])),
  )
})
