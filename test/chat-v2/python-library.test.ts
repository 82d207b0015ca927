// The vendor's library for Python: REST, tokens and the signatures of webhooks.
import { expect, test } from 'vitest'
import { hasNoPythonLibrary, runPythonLibrary } from '../support/python.ts'
import { startReceiver } from '../support/receiver.ts'
import { ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, AUTH_TOKEN, startServer } from '../support/server.ts'
import { openTwilsock } from '../support/twilsock.ts'

const OTHER_TOKEN = 'another-token'

test.skipIf(hasNoPythonLibrary)('the library for Python walks through the API', async () => {
  await using server = await startServer()

  expect(await runPythonLibrary('walk', server.url, ACCOUNT_SID, AUTH_TOKEN)).toBe('done')
})

test.skipIf(hasNoPythonLibrary)('a token that Python made signs in', async () => {
  await using server = await startServer()
  const { sid } = await (await server.givenService()).fetch()
  const token = await runPythonLibrary('token', ACCOUNT_SID, API_KEY_SID, API_KEY_SECRET, sid, 'alice')
  await using socket = await openTwilsock(server.url)

  expect((await socket.init(token)).header.status).toMatchObject({ code: 200 })
})

test.skipIf(hasNoPythonLibrary)(
  'Python takes the signature of a webhook, with the right token only',
  async () => {
    await using receiver = await startReceiver()
    await using server = await startServer()
    const service = await server.givenService()
    await service.update({ postWebhookUrl: receiver.url('/hook?a=b'), webhookFilters: ['onChannelAdded'] })
    await service.channels.create({ friendlyName: 'Zürich & co', xTwilioWebhookEnabled: 'true' })
    const [hook] = await receiver.waitFor(1)
    const signature = hook?.headers['x-twilio-signature'] ?? ''
    const validate = (token: string) =>
      runPythonLibrary(
        'validate',
        token,
        receiver.url('/hook?a=b'),
        JSON.stringify(hook?.parameters),
        signature,
      )

    expect(await validate(AUTH_TOKEN)).toBe('True')
    expect(await validate(OTHER_TOKEN)).toBe('False')
  },
)
