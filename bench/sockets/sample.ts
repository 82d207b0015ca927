// The frames of one message as Parley sends them, for the plain server to send the same.

import { MESSAGE_BODY } from '../requests.ts'
import type { BareSizes } from './bare-ws.ts'
import { acknowledge, RawClient, readServerFrame, twilsockFrame } from './client.ts'
import type { Room } from './room.ts'

export async function sampleFrames(port: number, room: Room): Promise<BareSizes> {
  const client = await new Promise<RawClient>((resolve) => new RawClient(port, resolve))
  const found = collectFrames(client)
  const [token] = room.tokens
  const ask = (id: string, path: string, body: object): void =>
    client.send(
      twilsockFrame(
        { id, method: 'message', payload_type: 'application/json', http_request: { path, method: 'POST' } },
        JSON.stringify(body),
      ),
    )
  client.send(twilsockFrame({ method: 'init', id: 'init', token }))
  await new Promise((resolve) => setTimeout(resolve, 200))
  ask('subscribe', '/v4/Subscriptions', {
    event_protocol_version: 3,
    action: 'establish',
    correlation_id: 1,
    requests: room.subscribe,
  })
  await new Promise((resolve) => setTimeout(resolve, 200))
  ask('send', room.paths[0] ?? '/', { body: `${Date.now()} ${MESSAGE_BODY}`, attributes: '{}' })
  const sampled = await found
  client.destroy()
  return sampled
}

/** Resolves once all three have come. */
function collectFrames(client: RawClient): Promise<BareSizes> {
  const frames: Partial<BareSizes> = {}
  return new Promise((resolve) => {
    client.onMessage = (message) => {
      const frame = readServerFrame(message)
      if (!frame.isReply) acknowledge(client, frame)
      const kind = kindOf(frame.id, message.toString())
      if (kind) frames[kind] = message.toString('base64')
      const { list, document, reply } = frames
      if (list && document && reply) resolve({ list, document, reply })
    }
  })
}

function kindOf(id: string, text: string): keyof BareSizes | null {
  if (id === 'send') return 'reply'
  if (text.includes('list_item_added')) return 'list'
  return text.includes('document_updated') ? 'document' : null
}
