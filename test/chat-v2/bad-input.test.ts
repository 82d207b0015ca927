// Requests that are broken in their form: refused with 400 and 20001 before anything changes
// (docs/decisions/0005-strict-input.md; rest-v2.md §1.3, §1.6).
import { expect, test } from 'vitest'
import { describeAnswer } from '../support/answers.ts'
import { CREDENTIALS, parseAnswer, sendBytes, sendRequest } from '../support/raw-socket.ts'
import { startServer, type TestServer } from '../support/server.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const MISSING_IDENTITY = 'Missing required parameter Identity in the post body'
const MEBIBYTE = 1_048_576
const REFUSED = '400/20001'
/** Broken percent-encoding; then bytes that are no UTF-8: stray, overlong, a surrogate, beyond Unicode, cut short. */
const NOT_TEXT = ['%', '%4', '%zz', '%%41', '%u0041', '%ff', '%c0%af', '%ed%a0%80', '%f4%90%80%80', '%e2%82']

test('percent-encoding and UTF-8 that are broken in a body are refused', async () => {
  await using server = await startServer()
  const path = await givenLobby(server)
  const bodies = NOT_TEXT.flatMap((broken) => [
    `Identity=${broken}`,
    `Identity=a${broken}z&FriendlyName=x`,
    `Identity=alice&FriendlyName=${broken}`,
    `Identity=alice&${broken}=x`,
    `Identity=alice&Unknown=${broken}`,
  ])

  for (const body of bodies) {
    const answer = await server.request('POST', `${path}/Users`, { body, headers: FORM })
    expect([body, describeAnswer(answer)]).toEqual([body, REFUSED])
  }
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xfe, 0xff, 0, 0x41]]) {
    const body = Buffer.concat([Buffer.from('Identity=alice&FriendlyName=a'), Buffer.from(bytes)])
    const answer = await server.request('POST', `${path}/Users`, { body, headers: FORM })
    expect([bytes, describeAnswer(answer)]).toEqual([bytes, REFUSED])
  }
  await expectNothingHappened(server, path)
})

test('percent-encoding and UTF-8 that are broken in a query are refused', async () => {
  await using server = await startServer()
  const path = await givenLobby(server)

  for (const broken of NOT_TEXT) {
    for (const query of [`Type=${broken}`, `PageToken=${broken}`, `${broken}=1`, `Unknown=${broken}`]) {
      const answer = await server.request('GET', `${path}/Channels?${query}`)
      expect([query, describeAnswer(answer)]).toEqual([query, REFUSED])
    }
    const answer = await server.request('GET', `${path}/Channels/lobby/Members?Identity=a&Identity=${broken}`)
    expect([broken, describeAnswer(answer)]).toEqual([broken, REFUSED])
  }
})

test('percent-encoding and UTF-8 that are broken in a path are refused', async () => {
  await using server = await startServer()
  const path = await givenLobby(server)

  for (const broken of NOT_TEXT) {
    const targets = [
      ...[`/v2/${broken}`, `/v2/Services/${broken}`, `/v2/Services/${broken}/Channels`],
      ...[`${path}/Users/${broken}`, `${path}/Channels/a${broken}z/Members`],
      ...[`${path}/Channels/lobby/Members/${broken}`, `${path}/Users/${broken}/Channels/lobby`],
    ]
    for (const target of targets) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await server.request(method, target)
        expect([method, target, describeAnswer(answer)]).toEqual([method, target, REFUSED])
      }
    }
  }
  for (const bytes of ['\xff', '\xc3\xa9', '\xf0\x9f\x99\x82']) {
    const answer = await sendRequest(server.url, 'GET', `${path}/Users/${bytes}`)
    expect([bytes, answer.status, JSON.parse(answer.text).code]).toEqual([bytes, 400, 20001])
  }
})

test('NUL characters are refused in a body and in a query', async () => {
  await using server = await startServer()
  const path = await givenLobby(server)

  for (const body of ['Identity=a%00', 'Identity=a\0b', 'Identity=a&FriendlyName=%00', 'Identity=a&%00=x']) {
    const answer = await server.request('POST', `${path}/Users`, { body, headers: FORM })
    expect([body, describeAnswer(answer)]).toEqual([body, REFUSED])
  }
  for (const query of ['Type=%00', 'Type=public%00', 'PageToken=PT%00', 'PageSize=1%00', '%00=1', 'x=%00']) {
    const answer = await server.request('GET', `${path}/Channels?${query}`)
    expect([query, describeAnswer(answer)]).toEqual([query, REFUSED])
  }
  await expectNothingHappened(server, path)
})

test('nothing has a NUL character in its name or SID', async () => {
  await using server = await startServer()
  const path = await givenLobby(server)

  for (const target of [
    ...['/v2/Services/%00', '/v2/Credentials/CR%00', `${path}/Roles/%00`],
    ...[`${path}/Users/%00`, `${path}/Users/a%00b/Channels`, `${path}/Users/a/Channels/%00`],
    ...[`${path}/Channels/lobby%00`, `${path}/Channels/%00/Messages`, `${path}/Channels/lobby/Members/%00`],
    ...[`${path}/Channels/lobby/Invites/%00`, `${path}/Channels/lobby/Messages/%00`],
  ]) {
    const answer = await server.request('GET', target)
    expect([target, describeAnswer(answer)]).toEqual([target, '404/20404'])
  }
})

test('a body that is no form counts as no parameters', async () => {
  await using server = await startServer()
  const path = await givenLobby(server)
  const multipart = '--b\r\nContent-Disposition: form-data; name="Identity"\r\n\r\nalice\r\n--b--\r\n'
  const bodies: [type: string, body: string][] = [
    ['application/json', '{"Identity":"alice"}'],
    ['application/json; charset=utf-8', '{"Identity"'],
    ['application/json', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['application/json', '{"__proto__":{"Identity":"alice"}}'],
    ['multipart/form-data; boundary=b', multipart],
    ['multipart/form-data', multipart],
    ['text/plain', 'Identity=alice'],
    ['application/x-www-form-urlencoded-not', 'Identity=alice'],
    ['application/octet-stream', '\0\0\0'],
    // Types that are none.
    ...[
      'json',
      'application/',
      '/',
      '',
      'a/b/c',
      'a b/c',
      'application/x-www-form-urlencoded, text/plain',
    ].map((type): [string, string] => [type, 'Identity=alice&FriendlyName=x']),
  ]

  for (const [type, body] of bodies) {
    const headers = { 'content-type': type }
    const created = await server.request('POST', `${path}/Users`, { body, headers })
    expect([type, describeAnswer(created), created.body.message]).toEqual([type, REFUSED, MISSING_IDENTITY])
    const updated = await server.request('POST', `${path}/Channels/lobby`, { body, headers })
    expect([type, updated.status, updated.body.friendly_name]).toEqual([type, 200, null])
  }
  const untyped = await server.request('POST', `${path}/Users`, { body: Buffer.from('Identity=alice') })
  expect([describeAnswer(untyped), untyped.body.message]).toEqual([REFUSED, MISSING_IDENTITY])
  await expectNothingHappened(server, path)
})

test('the type of a form is read in any case and with a charset', async () => {
  await using server = await startServer()
  const path = await givenLobby(server)

  for (const [i, type] of [
    'Application/X-WWW-Form-URLEncoded',
    'application/x-www-form-urlencoded; charset=UTF-8',
    'application/x-www-form-urlencoded;charset="utf-8"',
  ].entries()) {
    const headers = { 'content-type': type }
    const answer = await server.request('POST', `${path}/Users`, {
      body: `&&Identity=user+${i}%21&=&x`,
      headers,
    })
    expect([type, answer.status, answer.body.identity]).toEqual([type, 201, `user ${i}!`])
  }
})

test('a body over a mebibyte is refused, whatever its type and however it is sent', async () => {
  await using server = await startServer()
  const path = await givenLobby(server)
  const body = 'Identity=alice&'.padEnd(MEBIBYTE + 1, 'x')

  for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain']) {
    const answer = await server.request('POST', `${path}/Users`, { body, headers: { 'content-type': type } })
    expect([type, describeAnswer(answer)]).toEqual([type, '413/20001'])
  }
  const head = `POST ${path}/Users HTTP/1.1\r\nHost: a\r\nAuthorization: ${CREDENTIALS}\r\nConnection: close\r\n`
  const chunked = `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const answer = parseAnswer(await sendBytes(server.url, head + chunked))
  expect([answer.status, JSON.parse(answer.text).code]).toEqual([413, 20001])
  await expectNothingHappened(server, path)

  const fits = await server.request('POST', `${path}/Users`, { body: body.slice(0, MEBIBYTE), headers: FORM })
  expect([fits.status, fits.body.identity]).toEqual([201, 'alice'])
})

test('a message of the largest size fits with each byte percent-encoded', async () => {
  await using server = await startServer()
  const path = await givenLobby(server)
  const encoded = '%F0%9F%99%82'.repeat(32_768 / 4)

  const answer = await server.request('POST', `${path}/Channels/lobby/Messages`, {
    body: `Body=${encoded}&Attributes=%22${'%61'.repeat(4_094)}%22`,
    headers: FORM,
  })
  expect(answer.status).toBe(201)
  expect(answer.body.body).toBe('🙂'.repeat(32_768 / 4))
  expect(answer.body.attributes).toBe(JSON.stringify('a'.repeat(4_094)))
})

test('a parameter that takes one value is refused when it comes twice, or empty though it is required', async () => {
  await using server = await startServer()
  const path = await givenLobby(server)
  const forms: [collection: string, body: string][] = [
    ['Users', 'Identity=a&Identity=b'],
    ['Users', 'Identity=a&Identity=a'],
    ['Users', 'Identity=a&FriendlyName=x&FriendlyName=y'],
    ['Users', 'Identity=a&Attributes={}&Attributes=[]'],
    ['Channels', 'UniqueName=a&UniqueName='],
    ['Channels', 'DateCreated=2024-01-01T00:00:00Z&DateCreated=2024-01-01T00:00:00Z'],
    ['Channels', 'Type=public&Type=private'],
    ['Channels/lobby/Members', 'Identity=a&LastConsumedMessageIndex=1&LastConsumedMessageIndex=2'],
    ['Channels/lobby/Messages', 'Body=a&Body=b'],
    ['Users', 'Identity='],
    ['Users', 'Identity'],
    ['Users', '=&Identity=&'],
    ['Users', 'identity=a'],
    ['Users', 'IDENTITY=a'],
    ['Users', 'Identity%20=a'],
    ['Channels/lobby/Members', 'Identity='],
    ['Channels/lobby/Invites', 'Identity='],
    ['Roles', 'FriendlyName=&Type=channel&Permission=sendMessage'],
    ['Roles', 'FriendlyName=a&Type=&Permission=sendMessage'],
    ['Roles', 'FriendlyName=a&Type=channel'],
  ]

  for (const [collection, body] of forms) {
    const answer = await server.request('POST', `${path}/${collection}`, { body, headers: FORM })
    expect([collection, body, describeAnswer(answer)]).toEqual([collection, body, REFUSED])
  }
  const twice = await server.request('GET', `${path}/Channels?PageSize=1&PageSize=2`)
  expect(describeAnswer(twice)).toBe(REFUSED)
  await expectNothingHappened(server, path)
})

/** The path of a service with one channel, and nobody in it. */
async function givenLobby(server: TestServer): Promise<string> {
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })
  return `/v2/Services/${(await service.fetch()).sid}`
}

async function expectNothingHappened(server: TestServer, path: string): Promise<void> {
  const users = await server.request('GET', `${path}/Users`)
  const channels = await server.request('GET', `${path}/Channels`)
  const roles = await server.request('GET', `${path}/Roles`)
  expect(users.body.users).toEqual([])
  expect(roles.body.roles).toHaveLength(4)
  expect(channels.body.channels).toMatchObject([
    { unique_name: 'lobby', friendly_name: null, members_count: 0, messages_count: 0 },
  ])
}
