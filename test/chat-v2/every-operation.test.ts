// The whole API through the official library, in each of its versions. An operation that is missing here, or that the
// vendor's file gains, fails the last assertion of the first test.
import { createRequire } from 'node:module'
import type twilio from 'twilio'
import { describe, expect, test } from 'vitest'
import { chatV2Operations } from '../../src/api/chat-v2/operations.ts'
import { walkEveryOperation } from '../support/every-operation.ts'
import { exercised, officialOperations } from '../support/official-openapi.ts'
import { ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, AUTH_TOKEN, startServer } from '../support/server.ts'
import { openTwilsock } from '../support/twilsock.ts'

/** Ours for the one operation of v3, which the vendor's second file calls `UpdateChannel` too. */
const VERSION_3 = 'UpdateChannelType'
const OLDER_VERSIONS = ['twilio-3', 'twilio-4', 'twilio-5']

test('every official operation works through the official library', async () => {
  await using server = await startServer()
  exercised.clear()

  await walkEveryOperation(server)

  expect(officialOperations).toHaveLength(54)
  expect([...exercised].sort()).toEqual([...officialOperations, 'UpdateChannelV3'].sort())
})

describe.each(OLDER_VERSIONS)('an older library, %s,', (name) => {
  test('works as the newest', async () => {
    await using server = await startServer()
    const client = libraryOf(name)(ACCOUNT_SID, AUTH_TOKEN)
    client.chat.baseUrl = server.url

    await walkEveryOperation({ ...server, client })

    expect(await client.chat.v2.services.list()).toEqual([])
  })

  test('makes tokens that sign in', async () => {
    await using server = await startServer()
    const { sid: serviceSid } = await (await server.givenService()).fetch()
    const { AccessToken } = libraryOf(name).jwt
    const token = new AccessToken(ACCOUNT_SID, API_KEY_SID, API_KEY_SECRET, { identity: 'alice' })
    token.addGrant(new AccessToken.ChatGrant({ serviceSid }))
    await using socket = await openTwilsock(server.url)

    expect((await socket.init(token.toJwt())).header.status).toMatchObject({ code: 200 })
  })
})

test('the server declares exactly the official operations', () => {
  const declared = chatV2Operations.map(({ id }) => id)

  expect(declared.sort()).toEqual([...officialOperations, VERSION_3].sort())
})

function libraryOf(name: string): typeof twilio {
  return createRequire(import.meta.url)(name)
}
