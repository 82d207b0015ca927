// A role cannot be deleted while it is in use, also when both happen at the same moment.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'

const ROUNDS = 40
/** Role in use; role not found; channel role not found. */
const REFUSALS = [20409, 50100, 50101]

test('a role that is being deleted is not given to a user: one of the two is refused', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  for (let round = 0; round < ROUNDS; round++) {
    const roleSid = await givenRole(service, 'deployment')
    await expectOneRefused([
      service.users.create({ identity: `user ${round}`, roleSid }),
      service.roles(roleSid).remove(),
    ])
  }
})

test('a role that is being deleted is not given to a member: one of the two is refused', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })

  for (let round = 0; round < ROUNDS; round++) {
    const roleSid = await givenRole(service, 'channel')
    await expectOneRefused([
      service.channels('lobby').members.create({ identity: `user ${round}`, roleSid }),
      service.roles(roleSid).remove(),
    ])
  }
})

test('a role that is being deleted does not become a default: one of the two is refused', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  for (let round = 0; round < ROUNDS; round++) {
    const roleSid = await givenRole(service, 'channel')
    await expectOneRefused([
      service.update({ defaultChannelRoleSid: roleSid }),
      service.roles(roleSid).remove(),
    ])
  }
})

async function givenRole(service: ServiceContext, type: 'deployment' | 'channel'): Promise<string> {
  const { sid } = await service.roles.create({ friendlyName: 'role', type, permission: ['addMember'] })
  return sid
}

async function expectOneRefused(requests: Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(requests)
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refused).toHaveLength(1)
  expect(REFUSALS).toContain(refused[0]?.reason.code)
}
