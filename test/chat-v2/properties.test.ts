// What holds for any text: attributes and names come back exactly as they were sent (rest-v2.md §1.3, §1.4, §1.7).
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

const ATTRIBUTES_BYTES = 4_096
/** Any code point but those that no UTF-8 text has. */
const anyText = { unit: 'binary', size: 'max' } as const

/** JSON with blanks in all the places where a serializer would put none, and spellings that none would choose. */
const jsonText: fc.Arbitrary<string> = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom('', ' ', '\t', '\n  '))
        .map(([value, indent]) => JSON.stringify(value, null, indent)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '-0',
        '1E+400',
        '10000000000000000000000.00',
        '"\\u0000"',
        '"\\ud83d"',
        '"\\/\\u0041"',
        '{"a":1,"a":2}',
        '{"":{}, "__proto__":null}',
      ),
    },
  )
  .chain((json) => {
    const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), maxLength: 3 })
    return fc.tuple(blank, blank).map(([before, after]) => `${before}${json}${after}`)
  })
  .filter((json) => Buffer.byteLength(json) <= ATTRIBUTES_BYTES)

/** What may be an identity or a unique name. A path segment of one or two dots is lost in any HTTP client. */
const name: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 3, arbitrary: fc.string({ ...anyText, minLength: 1, maxLength: 256 }) },
    { weight: 3, arbitrary: fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 12 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '%',
        '%2F',
        '%25',
        'a+b',
        ' ',
        '/',
        '//',
        '?',
        '#',
        '...',
        'null',
        'e\u0301',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('Channels', 'é', 'ﬁ', 'System', ' system', '🦉'.repeat(256), '\ufeff'),
    },
  )
  .filter((text) => !text.includes('\0') && !['.', '..', 'system'].includes(text))
  .filter((text) => !/^(US|CH|MB)[0-9a-f]{32}$/i.test(text))

type WithAttributes = {
  fetch(): Promise<{ attributes: string }>
  update(change: { attributes: string }): Promise<{ attributes: string }>
}

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})

afterAll(() => server[Symbol.asyncDispose]())

test('any JSON text is kept byte for byte as attributes of a channel, a user, a member and a message', async () => {
  const service = await server.givenService()
  let count = 0

  await fc.assert(
    fc.asyncProperty(jsonText, jsonText, async (attributes, changed) => {
      const channel = await service.channels.create({ attributes })
      const { members, messages } = service.channels(channel.sid)
      const user = await service.users.create({ identity: `user ${count++}`, attributes })
      const member = await members.create({ identity: user.identity, attributes })
      const message = await messages.create({ attributes })
      for (const created of [channel, user, member, message]) expect(created.attributes).toBe(attributes)
      const places: WithAttributes[] = [
        service.channels(channel.sid),
        service.users(user.sid),
        members(member.sid),
        messages(message.sid),
      ]
      for (const place of places) {
        expect((await place.fetch()).attributes).toBe(attributes)
        expect((await place.update({ attributes: changed })).attributes).toBe(changed)
        expect((await place.fetch()).attributes).toBe(changed)
      }
      for (const [listed] of [await members.list(), await messages.list()]) {
        expect(listed?.attributes).toBe(changed)
      }
    }),
    { numRuns: 25 },
  )
})

test('any identity makes a user and a member who are found by it', async () => {
  await fc.assert(
    fc.asyncProperty(name, async (identity) => {
      const service = await server.givenService()
      const { sid } = await service.channels.create({})
      const { members } = service.channels(sid)
      const segment = encodeURIComponent(identity)

      const user = await service.users.create({ identity })
      expect(user.identity).toBe(identity)
      expect(await service.users(segment).fetch()).toMatchObject({ sid: user.sid, identity })
      const member = await members.create({ identity })
      expect(await members(segment).fetch()).toMatchObject({ sid: member.sid, identity })
      expect(await members.list({ identity: [identity] })).toMatchObject([{ sid: member.sid, identity }])
      expect(await service.users(segment).userChannels(sid).fetch()).toMatchObject({ memberSid: member.sid })
      expect(await service.users.list()).toMatchObject([{ sid: user.sid, identity, joinedChannelsCount: 1 }])
      const { sid: messageSid } = await service.channels(sid).messages.create({ from: identity })
      expect((await service.channels(sid).messages(messageSid).fetch()).from).toBe(identity)
    }),
    { numRuns: 30 },
  )
})

test('any unique name makes a channel that is found by it', async () => {
  await fc.assert(
    fc.asyncProperty(name, async (uniqueName) => {
      const service = await server.givenService()
      const segment = encodeURIComponent(uniqueName)

      const channel = await service.channels.create({ uniqueName })
      expect(channel.uniqueName).toBe(uniqueName)
      expect(await service.channels(segment).fetch()).toMatchObject({ sid: channel.sid, uniqueName })
      const message = await service.channels(segment).messages.create({ body: uniqueName })
      expect(message).toMatchObject({ channelSid: channel.sid, body: uniqueName })
      await expect(service.channels.create({ uniqueName })).rejects.toMatchObject({
        status: 409,
        code: 50307,
      })
      await service.channels(segment).remove()
      await expect(service.channels(segment).fetch()).rejects.toMatchObject({ status: 404, code: 20404 })
    }),
    { numRuns: 30 },
  )
})
