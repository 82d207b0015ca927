// Attributes of channels, users and members: rest-v2.md §1.4, §6.2.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { expectRefusal } from '../support/refusals.ts'
import { startServer } from '../support/server.ts'

/** What has attributes: how it is made, changed and read, and how many bytes fit. */
type Kind = {
  name: string
  limit: number
  create(service: ServiceContext, key: string, attributes?: string): Promise<{ attributes: string }>
  update(service: ServiceContext, key: string, attributes: string): Promise<{ attributes: string }>
  list(service: ServiceContext): Promise<{ attributes: string }[]>
}

const KINDS: Kind[] = [
  {
    name: 'channel',
    limit: 32_768,
    create: (service, uniqueName, attributes) => service.channels.create({ uniqueName, attributes }),
    update: (service, key, attributes) => service.channels(key).update({ attributes }),
    list: (service) => service.channels.list(),
  },
  {
    name: 'user',
    limit: 4_096,
    create: (service, identity, attributes) => service.users.create({ identity, attributes }),
    update: (service, key, attributes) => service.users(key).update({ attributes }),
    list: (service) => service.users.list(),
  },
  {
    name: 'member',
    limit: 4_096,
    create: async (service, identity, attributes) => {
      if ((await service.channels.list()).length === 0) await service.channels.create({ uniqueName: 'lobby' })
      return service.channels('lobby').members.create({ identity, attributes })
    },
    update: (service, key, attributes) => service.channels('lobby').members(key).update({ attributes }),
    list: (service) => service.channels('lobby').members.list(),
  },
]

const TEXTS = [
  '{ "foo": "bar" }',
  '\t{"a":1,\r\n "a":2}  ',
  '{"é":"\\u00e9 + & = % ☕ 😀","z":1e400,"n":-0.00,"big":12345678901234567890}',
  '"text"',
  '0.10',
  'null',
  'true',
  '[]',
]
const NOT_JSON = ['{', 'text', "{'a':1}", '{"a":1,}', 'undefined', '{}{}', ' ', 'NaN']

/** A JSON text of exactly this many bytes, most of them in characters of two bytes. */
function jsonOfBytes(bytes: number): string {
  const room = bytes - 2
  return `"${'é'.repeat(Math.floor(room / 2))}${'x'.repeat(room % 2)}"`
}

test.each(KINDS)('attributes of a $name come back byte for byte', async (kind) => {
  await using server = await startServer()
  const service = await server.givenService()

  expect(await kind.create(service, 'unset')).toMatchObject({ attributes: '{}' })
  expect(await kind.create(service, 'empty', '')).toMatchObject({ attributes: '{}' })
  for (const [index, attributes] of TEXTS.entries()) {
    expect(await kind.create(service, `with ${index}`, attributes)).toMatchObject({ attributes })
    expect(await kind.update(service, 'unset', attributes)).toMatchObject({ attributes })
    expect((await kind.list(service))[0]).toMatchObject({ attributes })
  }
  expect(await kind.update(service, 'unset', '')).toMatchObject({ attributes: '{}' })
  expect((await kind.list(service)).map(({ attributes }) => attributes)).toEqual(['{}', '{}', ...TEXTS])
})

test.each(KINDS)('attributes of a $name that are no JSON are refused', async (kind) => {
  await using server = await startServer()
  const service = await server.givenService()
  await kind.create(service, 'first', '{"kept":true}')

  for (const attributes of NOT_JSON) {
    await expectRefusal(kind.create(service, 'second', attributes), 400, 50304)
    await expectRefusal(kind.update(service, 'first', attributes), 400, 50304)
  }
  expect((await kind.list(service)).map(({ attributes }) => attributes)).toEqual(['{"kept":true}'])
})

test.each(KINDS)('attributes of a $name have at most $limit bytes', async (kind) => {
  await using server = await startServer()
  const service = await server.givenService()
  const longest = jsonOfBytes(kind.limit)
  const tooLong = jsonOfBytes(kind.limit + 1)
  expect([longest, tooLong].map((text) => Buffer.byteLength(text))).toEqual([kind.limit, kind.limit + 1])

  expect(await kind.create(service, 'first', longest)).toMatchObject({ attributes: longest })
  expect(await kind.update(service, 'first', '1')).toMatchObject({ attributes: '1' })
  expect(await kind.update(service, 'first', longest)).toMatchObject({ attributes: longest })
  await expectRefusal(kind.create(service, 'second', tooLong), 400, 50303)
  await expectRefusal(kind.update(service, 'first', tooLong), 400, 50303)
  expect((await kind.list(service)).map(({ attributes }) => attributes)).toEqual([longest])
})
