// Texts are data: stored and returned as they came, whatever they mean elsewhere. Too long ones are refused
// (rest-v2.md §1.4, §6.2).
import { expect, test } from 'vitest'
import { chatV2Operations } from '../../src/api/chat-v2/operations.ts'
import type { Field } from '../../src/api/http/fields.ts'
import { describeAnswer } from '../support/answers.ts'
import { COMPLETE_FORMS, fillPath, givenFurnishedService, readAll } from '../support/furnished-service.ts'
import { type RawAnswer, startServer, type TestServer } from '../support/server.ts'

const TEXTS = [
  ...["'; drop table users; --", "' or ''='", '" or ""="', "\\'", '\\', '%', '_', '*', '?', '$1', ':x', '@x'],
  ...[
    '${x}',
    '{{x}}',
    '%s',
    '<script>alert(1)</script>',
    '&lt;',
    '`',
    '--',
    '/*',
    ';',
    '\u0001',
    '\t \n\r x',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', 'true', '0', '{}', '[]'],
  ...[
    'é',
    'e\u0301',
    'ß',
    'İ',
    '日本語',
    '🙂',
    '👩‍👩‍👧‍👦',
    '\u202eabc',
    '\u2028',
    '\ufeff',
    '\uffff',
    '\u{10ffff}',
  ],
]
/** Attributes are kept byte for byte. */
const JSON_TEXTS = [
  ...['null', '0', '""', '[]', ' {} ', '{ "foo": "bar" }', '{"a":1,"a":2}', '{"__proto__":{"x":1}}'],
  ...[
    '{"constructor":{"prototype":1}}',
    '"\\ud800"',
    '"\\u0000"',
    '1e999',
    '12345678901234567890',
    '"\u2028"',
  ],
]

test('names, identities, bodies and authors come back as they were sent', async () => {
  await using server = await startServer()
  const path = `/v2/Services/${(await (await server.givenService()).fetch()).sid}`
  const post = (target: string, form: Record<string, string>) => postForm(server, target, form)

  for (const text of TEXTS) {
    const segment = encodeURIComponent(text)
    const user = await post(`${path}/Users`, { Identity: text, FriendlyName: text })
    const channel = await post(`${path}/Channels`, { UniqueName: text, FriendlyName: text, CreatedBy: text })
    const inside = `${path}/Channels/${segment}`
    const member = await post(`${inside}/Members`, { Identity: text })
    const said = { Body: text, From: text, LastUpdatedBy: text }
    const message = await post(`${inside}/Messages`, said)

    expect([user.body.identity, user.body.friendly_name]).toEqual([text, text])
    const { unique_name, friendly_name, created_by } = channel.body
    expect([unique_name, friendly_name, created_by]).toEqual([text, text, text])
    expect(member.body.identity).toBe(text)
    const { body, from, last_updated_by } = message.body
    expect([body, from, last_updated_by]).toEqual([text, text, text])

    for (const [target, created] of [
      [`${path}/Users/${segment}`, { ...user.body, joined_channels_count: 1 }],
      [`${inside}/Members/${segment}`, member.body],
      [`${inside}/Messages/${message.body.sid}`, message.body],
    ] as const) {
      expect((await server.request('GET', target)).body).toEqual(created)
    }
    const found = await server.request('GET', `${inside}/Members?Identity=${segment}`)
    expect(found.body.members).toEqual([member.body])
  }
  const users = await server.request('GET', `${path}/Users?PageSize=100`)
  expect(users.body.users.map(({ identity }: { identity: string }) => identity)).toEqual(TEXTS)
})

test('names of services, roles and credentials, and settings, come back as they were sent', async () => {
  await using server = await startServer()
  const path = `/v2/Services/${(await (await server.givenService()).fetch()).sid}`

  for (const text of TEXTS) {
    const service = await postForm(server, path, {
      FriendlyName: text,
      'Media.CompatibilityMessage': text,
      'Notifications.NewMessage.Template': text,
      'Notifications.NewMessage.Sound': text,
    })
    expect(service.body.friendly_name).toBe(text)
    expect(service.body.media.compatibility_message).toBe(text)
    expect(service.body.notifications.new_message).toEqual({ enabled: false, template: text, sound: text })
    const role = { FriendlyName: text, Type: 'channel', Permission: 'sendMessage' }
    expect((await postForm(server, `${path}/Roles`, role)).body.friendly_name).toBe(text)
    const credential = await postForm(server, '/v2/Credentials', { Type: 'gcm', FriendlyName: text })
    expect(credential.body.friendly_name).toBe(text)
  }
  expect((await server.request('GET', path)).body.friendly_name).toBe(TEXTS.at(-1))
})

test('attributes are kept byte for byte, also 2,000 arrays deep; what is no JSON is refused', async () => {
  await using server = await startServer()
  const { sids } = await givenFurnishedService(server)
  const service = `/v2/Services/${sids.Services}`
  const targets = [
    `${service}/Users/alice`,
    ...['', '/Members/alice', `/Messages/${sids.Messages}`].map((end) => `${service}/Channels/lobby${end}`),
  ]
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  const refused = [
    '{',
    '}',
    "{'a':1}",
    '[1,]',
    '{"a":1}x',
    'NaN',
    'undefined',
    'x',
    '\u0001',
    '"',
    "''",
    '01',
  ]
  refused.push(nested(2_000).slice(1), nested(2_000).slice(0, -1))

  for (const target of targets) {
    for (const Attributes of [...JSON_TEXTS, nested(2_000)]) {
      expect((await postForm(server, target, { Attributes })).body.attributes).toBe(Attributes)
      expect((await server.request('GET', target)).body.attributes).toBe(Attributes)
    }
    for (const Attributes of refused) {
      const answer = await server.request('POST', target, { form: { Attributes } })
      expect([target, Attributes, describeAnswer(answer)]).toEqual([target, Attributes, '400/50304'])
    }
    expect((await server.request('GET', target)).body.attributes).toBe(nested(2_000))
  }
  const deep = await postForm(server, `${service}/Channels/lobby`, { Attributes: nested(5_000) })
  expect(deep.body.attributes).toBe(nested(5_000))
  const tooLong = await server.request('POST', `${service}/Users/alice`, {
    form: { Attributes: nested(5_000) },
  })
  expect(describeAnswer(tooLong)).toBe('400/50303')
})

test('parameters with the names of what every JavaScript object has are unknown ones', async () => {
  await using server = await startServer()
  const { sids } = await givenFurnishedService(server)
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '__defineGetter__',
    '',
  ]
  const surplus = names.map((name) => `${name}=1&${name}[x]=2`).join('&')
  const before = await readAll(server, chatV2Operations, sids)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }

  const updates = chatV2Operations.filter(({ id }) => id.startsWith('Update') && !COMPLETE_FORMS[id])
  for (const operation of updates) {
    const path = fillPath(operation, sids)
    const answer = await server.request('POST', path, { body: surplus, headers })
    expect([operation.id, path, answer.status]).toEqual([operation.id, path, 200])
  }
  for (const operation of chatV2Operations.filter(({ list }) => list !== null)) {
    const path = fillPath(operation, sids)
    expect([path, (await server.request('GET', `${path}?${surplus}`)).status]).toEqual([path, 200])
  }
  expect(await readAll(server, chatV2Operations, sids)).toEqual(before)
})

test('a text that is too long is refused with the code of its parameter', async () => {
  await using server = await startServer()
  const { sids } = await givenFurnishedService(server)
  const before = await readAll(server, chatV2Operations, sids)
  const long = 'x'.repeat(10_000)
  const url = `https://hooks.example.org/${long}`
  const cases: Record<string, [text: string, answer: string]> = {
    Identity: [long, '400/50207'],
    FriendlyName: [long, '400/50003'],
    UniqueName: [long, '400/50004'],
    From: [long, '400/50310'],
    CreatedBy: [long, '400/50310'],
    LastUpdatedBy: [long, '400/50505'],
    Body: ['é'.repeat(16_385), '400/50504'],
    Attributes: [JSON.stringify('x'.repeat(32_768)), '400/50303'],
    PreWebhookUrl: [url, '400/50077'],
    PostWebhookUrl: [url, '400/50078'],
  }
  for (const type of ['NewMessage', 'AddedToChannel', 'RemovedFromChannel', 'InvitedToChannel']) {
    cases[`Notifications.${type}.Template`] = [long, '400/50058']
    cases[`Notifications.${type}.Sound`] = [long, '400/50059']
  }

  const seen = new Set<string>()
  for (const operation of chatV2Operations) {
    for (const name of Object.keys(operation.form as Record<string, Field<unknown>>)) {
      const [text, expected] = cases[name] ?? []
      if (text === undefined) continue
      const form = { ...COMPLETE_FORMS[operation.id], [name]: text }
      const answer = await server.request('POST', fillPath(operation, sids), { form })
      expect([operation.id, name, describeAnswer(answer)]).toEqual([operation.id, name, expected])
      seen.add(name)
    }
  }
  expect([...seen].sort()).toEqual(Object.keys(cases).sort())
  expect(await readAll(server, chatV2Operations, sids)).toEqual(before)
  const unknown = await server.request('GET', `/v2/Services/${sids.Services}/Users/${long}`)
  expect(describeAnswer(unknown)).toBe('404/20404')
})

async function postForm(server: TestServer, path: string, form: Record<string, string>): Promise<RawAnswer> {
  const answer = await server.request('POST', path, { form })
  expect([path, form, answer.status < 300]).toEqual([path, form, true])
  return answer
}
