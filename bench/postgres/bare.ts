// The statements of a send by hand on PostgreSQL: a transaction each, on as many connections as there are senders.
import pg from 'pg'
import { newSid } from '../../src/lib/sid.ts'
import { MESSAGE_BODY } from '../requests.ts'

export type BarePostgres = { measureSends(milliseconds: number): Promise<number>; close(): Promise<void> }

const TAKE = {
  name: 'take',
  text: `update channels set next_message_index = next_message_index + 1, messages_count = messages_count + 1,
      messages_event = messages_event + 1, document_event = document_event + 1,
      last_message_sid = $1, last_message_index = next_message_index, last_message_at = $2
    where sid = $3 and deleted = 0 returning *`,
}
const INSERT = {
  name: 'insert',
  text: `insert into messages (place, sid, message_index, author, member_sid, body, attributes, media, was_edited,
      last_updated_by, created_event, last_event, deleted, created_at, updated_at)
    values ((cast($15 as bigint) << 32) + $2, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
}

/** Sender i sends to channel i. */
export async function openBarePostgres(url: string, channelSids: readonly string[]): Promise<BarePostgres> {
  const clients = await Promise.all(
    channelSids.map(async () => {
      const client = new pg.Client(url)
      await client.connect()
      return client
    }),
  )
  return {
    async measureSends(milliseconds) {
      const started = performance.now()
      let sent = 0
      const sender = async (client: pg.Client, channelSid: string): Promise<void> => {
        while (performance.now() - started < milliseconds) {
          await send(client, channelSid)
          sent++
        }
      }
      await Promise.all(clients.map((client, i) => sender(client, channelSids[i] ?? '')))
      return (sent * 1000) / (performance.now() - started)
    },
    async close() {
      await Promise.all(clients.map((client) => client.end()))
    },
  }
}

async function send(client: pg.Client, channelSid: string): Promise<void> {
  const sid = newSid('IM')
  const now = Date.now()
  await client.query('begin')
  const { rows } = await client.query({ ...TAKE, values: [sid, now, channelSid] })
  const index = Number(rows[0].next_message_index) - 1
  const event = Number(rows[0].messages_event)
  const place = [sid, index, 'user-1', newSid('MB')]
  const values = [...place, MESSAGE_BODY, '{}', null, 0, null, event, event, 0, now, now, rows[0].number]
  await client.query({ ...INSERT, values })
  await client.query('commit')
}
