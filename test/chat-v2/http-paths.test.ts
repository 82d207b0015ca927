// How a request's target is read (rest-v2.md §1.3): by segments, each decoded once.
import { expect, test } from 'vitest'
import { sendRequest } from '../support/raw-socket.ts'
import { startServer } from '../support/server.ts'

test('a slash, a question mark or unknown parameters at the end change nothing', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.fetch()
  const channel = await service.channels.create({ uniqueName: 'lobby' })
  const list = `/v2/Services/${sid}/Channels`

  for (const end of ['', '/', '?', '/?', '?&&', '?Nothing=1', '?=', '/?__proto__=x&constructor']) {
    const all = await server.request('GET', `${list}${end}`)
    expect([end, all.status, all.body.channels?.length]).toEqual([end, 200, 1])
    const one = await server.request('GET', `${list}/lobby${end}`)
    expect([end, one.status, one.body.sid]).toEqual([end, 200, channel.sid])
    const empty = await server.request('POST', `${list}/lobby${end}`, { form: {} })
    expect([end, empty.status, empty.body.sid]).toEqual([end, 200, channel.sid])
  }
})

test('parameters of a POST are read from the body, not from the query', async () => {
  await using server = await startServer()
  const { sid } = await (await server.givenService()).fetch()

  const refused = await server.request('POST', `/v2/Services/${sid}/Users?Identity=alice`, { form: {} })
  expect([refused.status, refused.body.code]).toEqual([400, 20001])
  expect((await server.request('GET', `/v2/Services/${sid}/Users`)).body.users).toEqual([])
})

test('names in a path are decoded exactly once', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.fetch()
  const names = ['a/b', 'a%2Fb', 'a%252Fb', '%', '%41', '100%25', 'a b', 'a+b', '?', '#', 'a?b=c', ';,:@&=$']
  names.push('é', '日本', '🙂', "!*'()", '"<>\\^`{|}', '~', '-_.', 'a\tb\nc', '...', 'CH', 'Messages')

  const created = new Map<string, string>()
  for (const uniqueName of names) {
    created.set(uniqueName, (await service.channels.create({ uniqueName })).sid)
    await service.users.create({ identity: uniqueName })
  }
  for (const [name, channelSid] of created) {
    const segment = encodeURIComponent(name)
    const channel = await server.request('GET', `/v2/Services/${sid}/Channels/${segment}`)
    expect([name, channel.body.sid, channel.body.unique_name]).toEqual([name, channelSid, name])
    const inside = await server.request('POST', `/v2/Services/${sid}/Channels/${segment}/Messages`, {
      form: { Body: name },
    })
    expect([name, inside.body.channel_sid, inside.body.body]).toEqual([name, channelSid, name])
    const path = `/v2/Services/${sid}/Users/${segment}/Channels/${segment}`
    const seen = await server.request('GET', path)
    expect([name, seen.status, seen.body.channel_sid]).toEqual([name, 200, channelSid])
  }
})

test('letters of a path may be percent-encoded, in hex of either case', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.fetch()
  await service.channels.create({ uniqueName: 'é/lobby' })

  for (const target of [
    `/v2/%53ervices/${sid}/Channels/%C3%A9%2Flobby`,
    `/v2/Services/${sid}/%43hannels/%c3%a9%2flobby`,
    `/%762/Services/${sid}/Channels/%c3%A9%2flobb%79`,
  ]) {
    const { status, text } = await sendRequest(server.url, 'GET', target)
    expect([target, status, JSON.parse(text).unique_name]).toEqual([target, 200, 'é/lobby'])
  }
})

test('a request target may be a whole URL', async () => {
  await using server = await startServer()
  const { sid } = await (await server.givenService()).fetch()
  const base = 'http://chat.twilio.com/v2/Services'

  const answer = await sendRequest(server.url, 'GET', `${base}/${sid}?PageSize=1`)
  expect([answer.status, JSON.parse(answer.text).sid]).toEqual([200, sid])
  const missing = await sendRequest(server.url, 'GET', `${base}/nothing`)
  expect([missing.status, JSON.parse(missing.text).code]).toEqual([404, 20404])
  for (const method of ['GET', 'PUT']) {
    expect((await sendRequest(server.url, method, base, { headers: [] })).status).toBe(401)
  }
})
