import { expect, test } from 'vitest'
import { ALL_MISSING, answersTo, describeAnswer, expectAnswers, type Form } from '../support/answers.ts'
import { letTimePass } from '../support/clock.ts'
import { ACCOUNT_SID, startServer, type TestServer } from '../support/server.ts'

const FLOW = `FW${'a'.repeat(32)}`
const UNKNOWN = `WH${'0'.repeat(32)}`
const CHANGE = { 'Configuration.RetryCount': '1' }
const STUDIO = { Type: 'studio', 'Configuration.FlowSid': FLOW }
const WEBHOOK = {
  Type: 'webhook',
  'Configuration.Url': 'https://a.example/hook',
  'Configuration.Filters': ['onMessageSent', 'onMemberAdded'],
}
const TRIGGER = {
  Type: 'trigger',
  'Configuration.Url': 'http://a.example/words',
  'Configuration.Triggers': ['help', 'Need an agent'],
}

test('a new webhook of a channel has exactly the documented values', async () => {
  await using server = await startServer()
  const { path, serviceSid, channelSid } = await givenChannel(server)

  const { status, body } = await server.request('POST', path, { form: WEBHOOK })

  expect(status).toBe(201)
  expect(body).toEqual({
    sid: expect.stringMatching(/^WH[0-9a-f]{32}$/),
    account_sid: ACCOUNT_SID,
    service_sid: serviceSid,
    channel_sid: channelSid,
    type: 'webhook',
    url: `${server.app.publicUrl}${path}/${body.sid}`,
    configuration: {
      url: 'https://a.example/hook',
      method: 'POST',
      filters: ['onMessageSent', 'onMemberAdded'],
      retry_count: 0,
    },
    date_created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    date_updated: body.date_created,
  })
  expect((await server.request('GET', `${path}/${body.sid}`)).body).toEqual(body)
})

test('each of the three types has a configuration of its own', async () => {
  await using server = await startServer()
  const { path, create } = await givenChannel(server)
  const tuned = { 'Configuration.Method': 'GET', 'Configuration.RetryCount': '3' }

  expect(await create(TRIGGER)).toMatchObject({ type: 'trigger' })
  expect(await create({ ...TRIGGER, ...tuned })).toMatchObject({ type: 'trigger' })
  expect(await create({ ...WEBHOOK, ...tuned })).toMatchObject({ type: 'webhook' })
  expect(await create(STUDIO)).toMatchObject({ type: 'studio' })
  expect(await create({ ...STUDIO, 'Configuration.RetryCount': '3' })).toMatchObject({ type: 'studio' })

  const triggers = ['help', 'Need an agent']
  const filters = ['onMessageSent', 'onMemberAdded']
  const { body } = await server.request('GET', path)
  expect(body.webhooks.map(({ configuration }: { configuration: object }) => configuration)).toEqual([
    { url: 'http://a.example/words', method: 'POST', triggers, retry_count: 0 },
    { url: 'http://a.example/words', method: 'GET', triggers, retry_count: 3 },
    { url: 'https://a.example/hook', method: 'GET', filters, retry_count: 3 },
    { flow_sid: FLOW },
    { flow_sid: FLOW, retry_count: 3 },
  ])
})

test('the official library creates, changes, lists and deletes webhooks', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })
  const { webhooks } = service.channels('lobby')

  const { sid } = await webhooks.create({
    type: 'trigger',
    'configuration.url': 'https://a.example/words',
    'configuration.triggers': ['help'],
    'configuration.retryCount': 2,
  })
  await webhooks(sid).update({ 'configuration.triggers': ['help', 'agent'], 'configuration.method': 'GET' })

  const configuration = {
    url: 'https://a.example/words',
    method: 'GET',
    triggers: ['help', 'agent'],
    retry_count: 2,
  }
  expect(await webhooks(sid).fetch()).toMatchObject({ sid, type: 'trigger', configuration })
  expect((await webhooks.list()).map((webhook) => webhook.configuration)).toEqual([configuration])
  expect(await webhooks(sid).remove()).toBe(true)
  expect(await webhooks.list()).toEqual([])
})

test('a channel has at most five webhooks', async () => {
  await using server = await startServer()
  const { path, create } = await givenChannel(server)
  const other = await givenChannel(server)
  const [first] = await Promise.all([STUDIO, WEBHOOK, TRIGGER, STUDIO, WEBHOOK].map(create))

  for (const form of [STUDIO, WEBHOOK, TRIGGER]) await expectAnswers(server, path, [[form, '400/50321']])
  await other.create(STUDIO)
  await server.request('DELETE', `${path}/${first.sid}`)
  await expectAnswers(server, path, [
    [STUDIO, '201'],
    [STUDIO, '400/50321'],
  ])
})

test('of many webhooks created at once a channel takes five', async () => {
  await using server = await startServer()
  const { path } = await givenChannel(server)

  const requests = Array.from({ length: 12 }, () => server.request('POST', path, { form: STUDIO }))
  const answers = (await Promise.all(requests)).map(describeAnswer)

  expect(answers.toSorted()).toEqual([
    ...Array.from({ length: 5 }, () => '201'),
    ...Array.from({ length: 7 }, () => '400/50321'),
  ])
  expect((await server.request('GET', path)).body.webhooks).toHaveLength(5)
})

test('webhooks are listed by page, at most five in each', async () => {
  await using server = await startServer()
  const { path, create } = await givenChannel(server)
  const sids: string[] = []
  for (const form of [WEBHOOK, TRIGGER, STUDIO]) sids.push((await create(form)).sid)

  const { body } = await server.request('GET', path)
  const huge = (await server.request('GET', `${path}?PageSize=1000`)).body
  const first = (await server.request('GET', `${path}?PageSize=2`)).body
  const next = new URL(first.meta.next_page_url)
  const second = (await server.request('GET', next.pathname + next.search)).body

  expect(body.meta).toMatchObject({ key: 'webhooks', page: 0, page_size: 5, next_page_url: null })
  expect(sidsOf(body)).toEqual(sids)
  expect(huge.meta.page_size).toBe(5)
  expect([sidsOf(first), sidsOf(second)]).toEqual([sids.slice(0, 2), sids.slice(2)])
})

test('an update changes only what is sent, and never the type', async () => {
  await using server = await startServer()
  const { path, create } = await givenChannel(server)
  const webhook = await create({ ...WEBHOOK, 'Configuration.RetryCount': '2' })
  const trigger = await create(TRIGGER)
  const studio = await create(STUDIO)
  const update = async ({ sid }: { sid: string }, form: Form) =>
    (await server.request('POST', `${path}/${sid}`, { form })).body

  const moved = await update(webhook, { 'Configuration.Url': 'http://b.example/', Type: 'studio' })
  const refiltered = await update(webhook, { 'Configuration.Filters': 'onMessageRemoved' })
  const retried = await update(webhook, { 'Configuration.RetryCount': '0', 'Configuration.Method': 'GET' })
  const reworded = await update(trigger, { 'Configuration.Triggers': ['a', 'b', 'c'] })
  const reflowed = await update(studio, { 'Configuration.FlowSid': `FW${'b'.repeat(32)}` })

  const before = webhook.configuration
  expect(moved).toMatchObject({ sid: webhook.sid, type: 'webhook' })
  expect(moved.configuration).toEqual({ ...before, url: 'http://b.example/' })
  expect(refiltered.configuration).toEqual({ ...moved.configuration, filters: ['onMessageRemoved'] })
  expect(retried.configuration).toEqual({ ...refiltered.configuration, retry_count: 0, method: 'GET' })
  expect((await server.request('GET', `${path}/${webhook.sid}`)).body).toEqual(retried)
  expect(reworded.configuration).toEqual({ ...trigger.configuration, triggers: ['a', 'b', 'c'] })
  expect(reflowed.configuration).toEqual({ flow_sid: `FW${'b'.repeat(32)}` })
})

test('the date of update moves with a change and only with a change', async () => {
  await using server = await startServer()
  const { path, create, fetchChannel } = await givenChannel(server)
  const channel = await fetchChannel()
  const webhook = await create(WEBHOOK)
  const update = async (form: Form) => (await server.request('POST', `${path}/${webhook.sid}`, { form })).body

  letTimePass(server)
  const afterNothing = await update({})
  const afterTheSame = await update({ 'Configuration.Method': 'POST', 'Configuration.RetryCount': '0' })
  const changed = await update({ 'Configuration.RetryCount': '1' })

  expect(afterNothing).toEqual(webhook)
  expect(afterTheSame).toEqual(webhook)
  expect(changed.date_created).toBe(webhook.date_created)
  expect(changed.date_updated > webhook.date_updated).toBe(true)
  expect(await fetchChannel()).toEqual(channel)
})

test('unknown, deleted and foreign webhooks are not found', async () => {
  await using server = await startServer()
  const { path, create } = await givenChannel(server)
  const foreign = await (await givenChannel(server)).create(STUDIO)
  const deleted = await create(STUDIO)

  const { status, text } = await server.request('DELETE', `${path}/${deleted.sid}`)

  expect({ status, text }).toEqual({ status: 204, text: '' })
  for (const sid of [deleted.sid, foreign.sid, UNKNOWN, 'WHmalformed']) {
    expect(await answersTo(server, `${path}/${sid}`, CHANGE)).toEqual(ALL_MISSING)
  }
  const { body } = await server.request('GET', `${path}/${UNKNOWN}`)
  expect(body.message).toBe(`The requested resource ${path.slice(3)}/${UNKNOWN} was not found`)
})

test('there are no webhooks of a channel that is unknown or deleted', async () => {
  await using server = await startServer()
  const { path, create, serviceSid, channelSid } = await givenChannel(server)
  const { sid } = await create(STUDIO)
  const channels = `/v2/Services/${serviceSid}/Channels`
  await server.request('DELETE', `${channels}/${channelSid}`)

  for (const collection of [
    path,
    `${channels}/CH${'0'.repeat(32)}/Webhooks`,
    `${channels}/nobody/Webhooks`,
  ]) {
    expect(describeAnswer(await server.request('GET', collection))).toBe('404/20404')
    await expectAnswers(server, collection, [[STUDIO, '404/20404']])
    expect(await answersTo(server, `${collection}/${sid}`, CHANGE)).toEqual(ALL_MISSING)
  }
})

/** A new channel in a service of its own, and the path of its webhooks. */
async function givenChannel(server: TestServer) {
  const service = await server.givenService()
  const { sid: channelSid, serviceSid } = await service.channels.create()
  const path = `/v2/Services/${serviceSid}/Channels/${channelSid}/Webhooks`
  return {
    serviceSid,
    channelSid,
    path,
    create: async (form: Form) => (await server.request('POST', path, { form })).body,
    fetchChannel: async () => (await service.channels(channelSid).fetch()).toJSON(),
  }
}

function sidsOf({ webhooks }: { webhooks: { sid: string }[] }): string[] {
  return webhooks.map(({ sid }) => sid)
}
