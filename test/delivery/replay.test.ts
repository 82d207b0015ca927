// Sending ended deliveries again.
import { describe, expect, test } from 'vitest'
import { ENGINES } from '../support/databases.ts'
import { listDeliveries, settled } from '../support/deliveries.ts'
import { answerByBody, givenLog } from '../support/delivery-log.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer } from '../support/server.ts'

describe.each(ENGINES)('on %s', (engine) => {
  test('one that has ended is sent again, with its token and as a first try', async () => {
    await using server = await startServer({}, engine)
    await using receiver = await startReceiver(answerByBody)
    const { serviceSid, path } = await givenLog(server, receiver)
    takeEverything(receiver)
    const [failed] = await listDeliveries(server, serviceSid, { State: 'failed' })
    const [delivered] = await listDeliveries(server, serviceSid, { State: 'delivered' })
    const before = hooks(receiver).length

    for (const one of [failed, delivered]) {
      const answer = await server.request('POST', `${path}/${one?.sid}/Replay`)
      expect(answer).toMatchObject({ status: 200, body: { sid: one?.sid, state: 'waiting' } })
    }
    const log = await settled(server, serviceSid, 1)

    for (const one of [failed, delivered]) {
      expect(log.find(({ sid }) => sid === one?.sid)).toMatchObject({ state: 'delivered', attempts: 2 })
      const again = hooks(receiver)
        .slice(before)
        .filter(({ headers }) => headers['i-twilio-idempotency-token'] === one?.request.idempotency_token)
      expect(again.map(({ parameters }) => parameters)).toEqual([
        { ...one?.request.parameters, RetryCount: '0' },
      ])
    }
    expect(hooks(receiver)).toHaveLength(before + 2)
    expect(log).toHaveLength(5)
  })

  test('all failed ones that fit the filters are sent again, and no others', async () => {
    await using server = await startServer({}, engine)
    await using receiver = await startReceiver(answerByBody)
    const { serviceSid, path, hall } = await givenLog(server, receiver)
    const replay = async (form: Record<string, string>): Promise<unknown> => {
      const { status, body } = await server.request('POST', `${path}/Replay`, { form })
      return { status, ...body }
    }
    takeEverything(receiver)
    const before = hooks(receiver).length

    expect(await replay({ Event: 'onChannelAdded' })).toEqual({ status: 200, replayed: 0 })
    expect(await replay({ CreatedBefore: '2022-01-01T00:00:00Z' })).toEqual({ status: 200, replayed: 0 })
    expect(await replay({ CreatedFrom: '2025-01-01T00:00:00Z' })).toEqual({ status: 200, replayed: 0 })
    expect(await replay({ ChannelSid: hall, Event: 'onMessageSent' })).toEqual({ status: 200, replayed: 1 })
    await settled(server, serviceSid, 1)
    expect(await replay({})).toEqual({ status: 200, replayed: 1 })
    await settled(server, serviceSid, 1)
    expect(await replay({})).toEqual({ status: 200, replayed: 0 })

    const again = hooks(receiver).slice(before)
    expect(again.map(({ parameters }) => parameters.DateCreated?.slice(0, 4))).toEqual(['2024', '2022'])
    expect(await listDeliveries(server, serviceSid, { State: 'failed' })).toEqual([])
  })

  test('one that waits is not sent again', async () => {
    await using server = await startServer({}, engine)
    await using receiver = await startReceiver(answerByBody)
    const { serviceSid, path } = await givenLog(server, receiver)
    const [waiting] = await listDeliveries(server, serviceSid, { State: 'waiting' })

    const answer = await server.request('POST', `${path}/${waiting?.sid}/Replay`)

    expect(answer).toMatchObject({ status: 409, body: { code: 20409, status: 409 } })
    expect(await server.request('GET', `${path}/${waiting?.sid}/Replay`)).toMatchObject({ status: 405 })
  })

  test('one that fails again may be sent once more', async () => {
    await using server = await startServer({}, engine)
    await using receiver = await startReceiver(answerByBody)
    const { serviceSid, path } = await givenLog(server, receiver)

    for (const attempts of [2, 3]) {
      expect(await server.request('POST', `${path}/Replay`)).toMatchObject({ body: { replayed: 2 } })
      await settled(server, serviceSid, 1)
      const failed = await listDeliveries(server, serviceSid, { State: 'failed' })
      expect(failed.map((one) => one.attempts)).toEqual([attempts, attempts])
    }
  })
})

/** The silent ones stay silent. */
function takeEverything(receiver: Receiver): void {
  receiver.answer(({ url }) => (url === '/silent' ? null : {}))
}

function hooks({ received }: Receiver) {
  return received.filter(({ url }) => url === '/hook')
}
