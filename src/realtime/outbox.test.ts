import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { createOutbox } from './outbox.ts'

/** A socket whose other end reads only when told to. */
function givenSocket(reads = true) {
  const writes: string[] = []
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk.toString())
      if (reads) done()
    },
  })
  return { socket, writes }
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

test('frames of one turn leave in one write', async () => {
  const { socket, writes } = givenSocket()
  const outbox = createOutbox(socket, 1_000)
  for (const text of ['a', 'b', 'c']) expect(outbox.send(Buffer.from(text))).toBe(true)
  expect(writes).toEqual([])
  await turn()
  expect(writes).toEqual(['abc'])
  outbox.send(Buffer.from('d'))
  await turn()
  expect(writes).toEqual(['abc', 'd'])
})

test('what a slow reader leaves counts against its limit, written or not', async () => {
  const { socket } = givenSocket(false)
  const outbox = createOutbox(socket, 10)
  expect(outbox.send(Buffer.alloc(6))).toBe(true)
  await turn()
  expect(outbox.send(Buffer.alloc(4))).toBe(true)
  expect(outbox.send(Buffer.alloc(1))).toBe(false)
})

test('nothing is written to a socket that has ended', async () => {
  const { socket, writes } = givenSocket()
  const outbox = createOutbox(socket, 1_000)
  outbox.send(Buffer.from('a'))
  socket.destroy()
  await turn()
  expect(writes).toEqual([])
})
