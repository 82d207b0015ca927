// A small service for the screens of the console.
import type { TestServer } from './server.ts'

/** A lobby where alice has said three things, and a private channel. `base` is where its screens begin. */
export async function givenShop(server: TestServer) {
  const service = await server.givenService()
  const { sid } = await service.channels.create({ uniqueName: 'lobby', friendlyName: 'Lobby' })
  await service.channels.create({ friendlyName: 'Workshop', type: 'private' })
  await service.channels(sid).members.create({ identity: 'alice' })
  for (const body of ['Where is the lamp?', 'On the second shelf', 'Thank you']) {
    await service.channels(sid).messages.create({ from: 'alice', body })
  }
  const { sid: serviceSid } = await service.fetch()
  return { service, base: `/console/services/${serviceSid}`, channelSid: sid }
}
