// Dates of channels and members: rest-v2.md §1.3, §1.4, §2 (common fields), §2.5, §2.6.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { setClock } from '../support/frozen-clock.ts'
import { expectRefusal } from '../support/refusals.ts'
import { startServer, type TestServer } from '../support/server.ts'

type Form = Record<string, string>

/** What comes in, and what goes out: UTC, whole seconds, cut and not rounded. */
const INSTANTS = [
  ['2015-12-16T22:18:37Z', '2015-12-16T22:18:37Z'],
  ['2015-12-16T22:18:37.999Z', '2015-12-16T22:18:37Z'],
  ['2015-12-16T22:18:37.123456789Z', '2015-12-16T22:18:37Z'],
  ['2015-12-16T22:18:37+02:00', '2015-12-16T20:18:37Z'],
  ['2015-12-31T22:18:37.5-05:30', '2016-01-01T03:48:37Z'],
  ['2016-02-29T00:00:00+00:00', '2016-02-29T00:00:00Z'],
] as const
const NO_INSTANTS = ['yesterday', '2015-13-01T00:00:00Z', '2015-02-29T00:00:00Z', '2015-12-16T25:00:00Z', '']

/** A service with a channel `lobby` and its member `alice`, made at a time of its own. */
async function givenMember(server: TestServer, at: string) {
  setClock(server, at)
  const service = await server.givenService()
  const { serviceSid } = await service.channels.create({
    uniqueName: 'lobby',
    friendlyName: 'Lobby',
    attributes: '1',
  })
  await service.channels('lobby').members.create({ identity: 'alice', attributes: '1' })
  const post = (path: string, form: Form) =>
    server.request('POST', `/v2/Services/${serviceSid}/Channels${path}`, { form })
  return { service, post }
}

const channelDate = async (service: ServiceContext) => (await service.channels('lobby').fetch()).dateUpdated
const memberDate = async (service: ServiceContext) =>
  (await service.channels('lobby').members('alice').fetch()).dateUpdated

test('an import sets the dates of channels and members', async () => {
  await using server = await startServer()
  const { post } = await givenMember(server, '2024-05-06T07:08:09Z')

  for (const [index, [given, shown]] of INSTANTS.entries()) {
    const both = { DateCreated: given, DateUpdated: '2017-01-01T00:00:00Z' }
    const dates = { date_created: shown, date_updated: '2017-01-01T00:00:00Z' }
    expect((await post('', both)).body).toMatchObject(dates)
    expect((await post('/lobby', both)).body).toMatchObject(dates)
    const member = { Identity: `member ${index}`, LastConsumptionTimestamp: given, ...both }
    const memberDates = { ...dates, last_consumption_timestamp: shown }
    expect((await post('/lobby/Members', member)).body).toMatchObject(memberDates)
    const { Identity: _, ...change } = member
    expect((await post('/lobby/Members/alice', change)).body).toMatchObject(memberDates)
  }
})

test('the date of update is the date of creation unless it is given too', async () => {
  await using server = await startServer()
  const { post } = await givenMember(server, '2024-05-06T07:08:09Z')
  const DateCreated = '2015-12-16T22:18:37.5Z'
  const dates = { date_created: '2015-12-16T22:18:37Z', date_updated: '2015-12-16T22:18:37Z' }

  expect((await post('', { DateCreated })).body).toMatchObject(dates)
  expect((await post('/lobby/Members', { Identity: 'bob', DateCreated })).body).toMatchObject(dates)
  const DateUpdated = '2025-01-01T00:00:00Z'
  const updated = { date_created: '2024-05-06T07:08:09Z', date_updated: '2025-01-01T00:00:00Z' }
  expect((await post('', { DateUpdated })).body).toMatchObject(updated)
  expect((await post('/lobby/Members', { Identity: 'carol', DateUpdated })).body).toMatchObject(updated)
})

test('a date that is none is refused by its own code, and nothing changes', async () => {
  await using server = await startServer()
  const { service, post } = await givenMember(server, '2024-05-06T07:08:09Z')
  const codes = { DateCreated: 50308, DateUpdated: 50309, LastConsumptionTimestamp: 50405 }

  for (const date of NO_INSTANTS) {
    for (const [name, code] of Object.entries(codes)) {
      const refusal = { status: 400, body: { code } }
      const wrong = { [name]: date, Attributes: '2' }
      expect(await post('/lobby/Members', { Identity: 'bob', ...wrong })).toMatchObject(refusal)
      expect(await post('/lobby/Members/alice', wrong)).toMatchObject(refusal)
      if (code === 50405) continue
      expect(await post('', wrong)).toMatchObject(refusal)
      expect(await post('/lobby', wrong)).toMatchObject(refusal)
    }
  }
  expect(await service.channels.list()).toMatchObject([{ attributes: '1', membersCount: 1 }])
  expect(await service.channels('lobby').members.list()).toMatchObject([{ attributes: '1' }])
})

test('the date of update moves with a change and with nothing else', async () => {
  await using server = await startServer()
  const { service } = await givenMember(server, '2024-05-06T07:08:09.999Z')
  const before = new Date('2024-05-06T07:08:09Z')
  const lobby = service.channels('lobby')
  const alice = lobby.members('alice')
  const { roleSid } = await alice.fetch()

  setClock(server, '2024-06-01T00:00:00Z')
  expect(await lobby.update()).toMatchObject({ dateCreated: before, dateUpdated: before })
  const sameChannel = { friendlyName: 'Lobby', uniqueName: 'lobby', attributes: '1', createdBy: 'system' }
  expect(await lobby.update(sameChannel)).toMatchObject({ dateUpdated: before })
  expect(await alice.update()).toMatchObject({ dateCreated: before, dateUpdated: before })
  expect(await alice.update({ attributes: '1', roleSid })).toMatchObject({ dateUpdated: before })
  await expectRefusal(lobby.update({ friendlyName: 'x', attributes: '{' }), 400, 50304)
  expect([await channelDate(service), await memberDate(service)]).toEqual([before, before])

  const after = new Date('2024-06-01T00:00:00Z')
  expect(await lobby.update({ attributes: '1 ' })).toMatchObject({ dateCreated: before, dateUpdated: after })
  expect(await memberDate(service)).toEqual(before)
  expect(await alice.update({ attributes: '1 ' })).toMatchObject({ dateCreated: before, dateUpdated: after })
  expect([await channelDate(service), await memberDate(service)]).toEqual([after, after])
})

test('the date of update of a channel does not move with what happens in it', async () => {
  await using server = await startServer()
  const { service } = await givenMember(server, '2024-05-06T07:08:09Z')
  const before = await channelDate(service)
  const lobby = service.channels('lobby')
  await service.users.create({ identity: 'carol' })

  setClock(server, '2024-06-01T00:00:00Z')
  const message = await lobby.messages.create({ body: 'hello' })
  await lobby.messages(message.sid).update({ body: 'hello there' })
  await service.users('alice').userChannels('lobby').update({ notificationLevel: 'muted' })
  expect(await memberDate(service)).toEqual(before)
  await lobby.messages(message.sid).remove()
  const invite = await lobby.invites.create({ identity: 'carol' })
  await lobby.invites(invite.sid).remove()
  await lobby.members.create({ identity: 'bob' })
  await lobby.members('bob').update({ lastConsumedMessageIndex: 0 })
  await lobby.members('bob').remove()

  expect(await channelDate(service)).toEqual(before)
})

test('moving the read horizon is a change of the member', async () => {
  await using server = await startServer()
  const { service } = await givenMember(server, '2024-05-06T07:08:09Z')
  const created = new Date('2024-05-06T07:08:09Z')

  setClock(server, '2024-06-01T00:00:00Z')
  const byMember = await service.channels('lobby').members('alice').update({ lastConsumedMessageIndex: 0 })
  expect(byMember).toMatchObject({ dateCreated: created, dateUpdated: new Date('2024-06-01T00:00:00Z') })
  setClock(server, '2024-07-01T00:00:00Z')
  await service.users('alice').userChannels('lobby').update({ lastConsumedMessageIndex: 1 })
  expect(await memberDate(service)).toEqual(new Date('2024-07-01T00:00:00Z'))
})
