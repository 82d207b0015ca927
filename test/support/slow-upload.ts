// An upload that stops half-way, so that a test knows that the server is in the middle of it.
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Queryable } from '../../src/store/database.ts'
import { sql } from '../../src/store/sql.ts'

export type SlowUpload = {
  /** Sends the rest; resolves with the answer. */
  finish(): Promise<{ status: number; body: any }>
  /** Breaks the connection. */
  cut(): void
  /** The answer, also when it comes before the rest is sent. Rejects when the connection breaks. */
  answer: Promise<{ status: number; body: any }>
}

export type SlowOptions = {
  headers: Record<string, string>
  first: string | Uint8Array
  rest: string | Uint8Array
  /** Without it the length is announced. */
  chunked?: boolean
}

/** `POST url`; resolves once `first` is on its way and the upload has its row in the database. */
export async function startSlowUpload(
  url: string,
  db: Queryable,
  { headers, first, rest, chunked }: SlowOptions,
): Promise<SlowUpload> {
  const before = await countUploads(db)
  const length = Buffer.byteLength(first) + Buffer.byteLength(rest)
  const outgoing = request(url, {
    method: 'POST',
    headers: { ...headers, ...(chunked ? {} : { 'content-length': length }) },
  })
  const answer = new Promise<{ status: number; body: any }>((resolve, reject) => {
    outgoing.once('error', reject)
    outgoing.once('response', async (response) => {
      const chunks: Buffer[] = await response.toArray()
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) })
    })
  })
  // It may fail before anybody asks for it.
  answer.catch(() => {})
  outgoing.write(first)
  while ((await countUploads(db)) === before) await sleep(10)
  return {
    answer,
    finish() {
      outgoing.end(rest)
      return answer
    },
    cut: () => void outgoing.destroy(),
  }
}

async function countUploads(db: Queryable): Promise<number> {
  const row = await db.one<{ uploads: number }>(
    sql`select count(*) as uploads from media where uploaded_at is null`,
  )
  return row?.uploads ?? 0
}
