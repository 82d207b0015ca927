// Every operation with every part of its path unknown or malformed (rest-v2.md §1.6, rules 2 and 3).
import { expect, test } from 'vitest'
import { chatV2Operations } from '../../src/api/chat-v2/operations.ts'
import {
  type Collection,
  fillPath,
  givenFurnishedService,
  PREFIXES,
  parametersOf,
  readAll,
  requestAt,
} from '../support/furnished-service.ts'
import { startServer } from '../support/server.ts'

test('a part of the path that does not exist is 404 with that path, an unknown service around it is 403', async () => {
  await using server = await startServer()
  const { sids } = await givenFurnishedService(server)
  const before = await readAll(server, chatV2Operations, sids)

  for (const operation of chatV2Operations) {
    for (const { name, collection } of parametersOf(operation)) {
      for (const unknown of unknownKeys(collection)) {
        const path = fillPath(operation, sids, { [name]: encodeURIComponent(unknown) })
        const { status, body } = await requestAt(server, operation, path)
        const missing = `The requested resource ${path.replace(/^\/v\d/, '')} was not found`
        expect([operation.id, name, unknown, status, body.code, body.message]).toEqual([
          ...[operation.id, name, unknown],
          ...(name === 'ServiceSid' ? [403, 50050, 'Service instance not found'] : [404, 20404, missing]),
        ])
      }
    }
  }
  expect(await readAll(server, chatV2Operations, sids)).toEqual(before)
})

test('what belongs to another service, channel or user is unknown here', async () => {
  await using server = await startServer()
  const { sids: here } = await givenFurnishedService(server)
  const { sids: there } = await givenFurnishedService(server)
  const before = [
    await readAll(server, chatV2Operations, here),
    await readAll(server, chatV2Operations, there),
  ]

  for (const operation of chatV2Operations) {
    const foreign = parametersOf(operation).filter(({ collection }) => collection !== 'Services')
    if (foreign.length === 0 || foreign[0]?.collection === 'Credentials') continue
    for (const { name, collection } of foreign) {
      const path = fillPath(operation, here, { [name]: there[collection] })
      const { status, body } = await requestAt(server, operation, path)
      expect([operation.id, name, status, body.code]).toEqual([operation.id, name, 404, 20404])
    }
  }
  expect([
    await readAll(server, chatV2Operations, here),
    await readAll(server, chatV2Operations, there),
  ]).toEqual(before)
})

test('parents that were deleted are unknown at once, and so is all that was in them', async () => {
  await using server = await startServer()
  const { service, sids } = await givenFurnishedService(server)
  const inService = chatV2Operations.filter(({ path }) => path.includes('/Services/:ServiceSid'))
  const inChannel = inService.filter(({ path }) => path.includes('/Channels/:'))
  expect([inService.length, inChannel.length]).toEqual([45, 26])

  await service.channels('lobby').remove()
  for (const operation of inChannel) {
    const answer = await requestAt(server, operation, fillPath(operation, sids))
    expect([operation.id, answer.status, answer.body.code]).toEqual([operation.id, 404, 20404])
  }
  await service.remove()
  for (const operation of inService) {
    const answer = await requestAt(server, operation, fillPath(operation, sids))
    expect([operation.id, answer.status, answer.body.code]).toEqual([operation.id, 403, 50050])
  }
})

/** A sid of nothing, a sid of another kind, and texts that are no sid. */
function unknownKeys(collection: Collection): string[] {
  const digits = 'f'.repeat(32)
  const another = PREFIXES[collection] === 'RL' ? 'IM' : 'RL'
  const cut = `${PREFIXES[collection]}${digits.slice(1)}`
  return [
    `${PREFIXES[collection]}${digits}`,
    `${another}${digits}`,
    cut,
    'nobody',
    '__proto__',
    "' or 1=1 --",
  ]
}
