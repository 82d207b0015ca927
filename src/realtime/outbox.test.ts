import { Duplex } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { createOutboxes } from './outbox.ts'
import { Pace } from './pace.ts'

const createOutbox = createOutboxes(new Pace())

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
})

test('news on a busy socket wait for more of them, but not for long', async () => {
  const { socket, writes } = givenSocket()
  const outbox = createOutbox(socket, 1_000)
  outbox.send(Buffer.from('a'))
  await turn()
  outbox.send(Buffer.from('b'))
  await turn()
  outbox.send(Buffer.from('c'))
  expect(writes).toEqual(['a'])
  await vi.waitFor(() => expect(writes).toEqual(['a', 'bc']))
})

test('answers do not wait, and keep their place among the news', async () => {
  const { socket, writes } = givenSocket()
  const outbox = createOutbox(socket, 1_000)
  outbox.send(Buffer.from('a'))
  await turn()
  outbox.send(Buffer.from('b'))
  outbox.answer(Buffer.from('c'))
  await turn()
  expect(writes).toEqual(['a', 'bc'])
})

test('answers leave the limit to the news', async () => {
  const { socket } = givenSocket(false)
  const outbox = createOutbox(socket, 10)
  outbox.answer(Buffer.alloc(100))
  expect(outbox.send(Buffer.alloc(10))).toBe(true)
  expect(outbox.send(Buffer.alloc(1))).toBe(false)
})

test('what a slow reader leaves counts against its limit, written or not', async () => {
  const { socket } = givenSocket(false)
  const outbox = createOutbox(socket, 10)
  expect(outbox.send(Buffer.alloc(6))).toBe(true)
  await turn()
  expect(outbox.send(Buffer.alloc(4))).toBe(true)
  expect(outbox.send(Buffer.alloc(1))).toBe(false)
})

test('what waits for its tick does not count as what a slow reader leaves', async () => {
  const { socket, writes } = givenSocket()
  const outbox = createOutbox(socket, 10)
  outbox.send(Buffer.from('a'))
  await turn()
  for (const text of ['bbbbbb', 'cccccc', 'dddddd']) expect(outbox.send(Buffer.from(text))).toBe(true)
  await vi.waitFor(() => expect(writes.join('')).toBe('abbbbbbccccccdddddd'))
})

test('nothing is written to a socket that has ended', async () => {
  const { socket, writes } = givenSocket()
  const outbox = createOutbox(socket, 1_000)
  outbox.send(Buffer.from('a'))
  socket.destroy()
  await turn()
  expect(writes).toEqual([])
})
