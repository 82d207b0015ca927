import { expect, test } from 'vitest'
import { expectAnswers, type Form } from '../support/answers.ts'
import { startServer, type TestServer } from '../support/server.ts'

const URL_FIELD = 'Configuration.Url'
const METHOD = 'Configuration.Method'
const FILTERS = 'Configuration.Filters'
const TRIGGERS = 'Configuration.Triggers'
const FLOW_SID = 'Configuration.FlowSid'
const RETRY_COUNT = 'Configuration.RetryCount'

const WEBHOOK = { Type: 'webhook', [URL_FIELD]: 'https://a.example/hook', [FILTERS]: 'onMessageSent' }
const TRIGGER = { Type: 'trigger', [URL_FIELD]: 'https://a.example/hook', [TRIGGERS]: 'help' }
const STUDIO = { Type: 'studio', [FLOW_SID]: `FW${'a'.repeat(32)}` }

const LONGEST_URL = `https://a.example/${'x'.repeat(494)}`
const EVENTS = [
  ...['onMessageSent', 'onMessageUpdated', 'onMessageRemoved', 'onMediaMessageSent', 'onChannelUpdated'],
  ...['onChannelDestroyed', 'onMemberAdded', 'onMemberUpdated', 'onMemberRemoved'],
]
const OTHER_EVENTS = [
  ...['onMessageSend', 'onMediaMessageSend', 'onMessageUpdate', 'onMessageRemove', 'onChannelUpdate'],
  ...['onChannelDestroy', 'onMemberAdd', 'onMemberUpdate', 'onMemberRemove'],
  ...['onUserAdded', 'onUserUpdated', 'onUserUpdate', 'nonsense', 'onmessagesent'],
]

/** A single value that is wrong, for a webhook, a trigger or both, with its code. */
const WRONG_TARGET: [Form, string][] = [
  ...['/hook', 'a.example/hook', 'ftp://a.example/hook', 'https://'].map((url): [Form, string] => [
    { [URL_FIELD]: url },
    '400/50054',
  ]),
  [{ [URL_FIELD]: `${LONGEST_URL}x` }, '400/50332'],
  [{ [METHOD]: 'PUT' }, '400/50055'],
]
const WRONG_RETRIES = ['4', '-1', '1.5', 'often'].map((count): [Form, string] => [
  { [RETRY_COUNT]: count },
  '400/50065',
])
const WRONG_FILTERS: [Form, string][] = [
  ...OTHER_EVENTS.map((event): [Form, string] => [{ [FILTERS]: event }, '400/50325']),
  [{ [FILTERS]: ['onMessageSent', 'onUserAdded'] }, '400/50325'],
]
const WRONG_TRIGGERS: [Form, string][] = [
  [{ [TRIGGERS]: ['1', '2', '3', '4', '5', '6'] }, '400/50322'],
  [{ [TRIGGERS]: '' }, '400/50326'],
  [{ [TRIGGERS]: ['help', ''] }, '400/50326'],
]
const WRONG_FLOWS = ['nonsense', `CH${'a'.repeat(32)}`, `FW${'g'.repeat(32)}`].map((sid): [Form, string] => [
  { [FLOW_SID]: sid },
  '400/50327',
])
const TYPES: [complete: Form, wrong: [Form, string][]][] = [
  [WEBHOOK, [...WRONG_TARGET, ...WRONG_RETRIES, ...WRONG_FILTERS]],
  [TRIGGER, [...WRONG_TARGET, ...WRONG_RETRIES, ...WRONG_TRIGGERS]],
  [STUDIO, [...WRONG_RETRIES, ...WRONG_FLOWS]],
]

test('a webhook needs a type, which is one of three', async () => {
  await using server = await startServer()
  const path = await givenPath(server)
  const { Type: _, ...typeless } = WEBHOOK

  await expectAnswers(server, path, [
    [typeless, '400/20001'],
    [{ ...WEBHOOK, Type: 'email' }, '400/50324'],
    [{ ...WEBHOOK, Type: 'Webhook' }, '400/50324'],
  ])
  expect(await countWebhooks(server, path)).toBe(0)
})

test('what a type requires cannot be left out', async () => {
  await using server = await startServer()
  const path = await givenPath(server)

  await expectAnswers(server, path, [
    [without(WEBHOOK, URL_FIELD), '400/50329'],
    [without(WEBHOOK, FILTERS), '400/50330'],
    [without(TRIGGER, URL_FIELD), '400/50329'],
    [without(TRIGGER, TRIGGERS), '400/50331'],
    [without(STUDIO, FLOW_SID), '400/50327'],
  ])
  expect(await countWebhooks(server, path)).toBe(0)
})

test('each wrong value of a new webhook has its own code', async () => {
  await using server = await startServer()
  const path = await givenPath(server)

  for (const [complete, wrong] of TYPES) {
    const table = wrong.map(([form, answer]): [Form, string] => [{ ...complete, ...form }, answer])
    await expectAnswers(server, path, table)
  }
  expect(await countWebhooks(server, path)).toBe(0)
})

test('each wrong value of an update has the same code, and changes nothing', async () => {
  await using server = await startServer()
  const path = await givenPath(server)

  for (const [complete, wrong] of TYPES) {
    const { body } = await server.request('POST', path, { form: complete })
    await expectAnswers(server, `${path}/${body.sid}`, wrong)
    expect((await server.request('GET', `${path}/${body.sid}`)).body).toEqual(body)
  }
})

test('the longest URL, the most triggers, every event and all retry counts are taken', async () => {
  await using server = await startServer()
  const path = await givenPath(server)
  const webhook = (await server.request('POST', path, { form: WEBHOOK })).body
  const trigger = (await server.request('POST', path, { form: TRIGGER })).body
  const words = ['one', 'two words', 'drei', '四', '😀']

  await expectAnswers(server, `${path}/${webhook.sid}`, [
    [{ [FILTERS]: EVENTS }, '200'],
    [{ [URL_FIELD]: LONGEST_URL }, '200'],
    [{ [METHOD]: 'GET' }, '200'],
    ...['0', '1', '2', '3'].map((count): [Form, string] => [{ [RETRY_COUNT]: count }, '200']),
  ])
  await expectAnswers(server, `${path}/${trigger.sid}`, [[{ [TRIGGERS]: words }, '200']])

  const read = async (sid: string) => (await server.request('GET', `${path}/${sid}`)).body.configuration
  expect(await read(webhook.sid)).toEqual({
    url: LONGEST_URL,
    method: 'GET',
    filters: EVENTS,
    retry_count: 3,
  })
  expect(await read(trigger.sid)).toMatchObject({ triggers: words })
})

async function givenPath(server: TestServer): Promise<string> {
  const service = await server.givenService()
  const { sid, serviceSid } = await service.channels.create()
  return `/v2/Services/${serviceSid}/Channels/${sid}/Webhooks`
}

async function countWebhooks(server: TestServer, path: string): Promise<number> {
  return (await server.request('GET', path)).body.webhooks.length
}

function without(form: Form, name: string): Form {
  return Object.fromEntries(Object.entries(form).filter(([key]) => key !== name))
}
