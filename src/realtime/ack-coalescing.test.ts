import { expect, test } from 'vitest'
import { createAckCoalescing } from './ack-coalescing.ts'

/** A loop that sleeps on paper only, and whose clock is set by hand. */
function givenLoop() {
  const loop = { now: 1_000, rests: [] as number[] }
  const sleep = (milliseconds: number): void => {
    loop.rests.push(milliseconds)
    loop.now += milliseconds
  }
  const acks = createAckCoalescing(sleep, () => loop.now)
  const count = (times: number): void => {
    for (let i = 0; i < times; i++) acks.count()
  }
  return { loop, count }
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

test('where few acknowledge, nothing rests', async () => {
  const { loop, count } = givenLoop()
  count(31)
  await turn()
  expect(loop.rests).toEqual([])
})

test('where many acknowledge slowly, nothing rests', async () => {
  const { loop, count } = givenLoop()
  for (let i = 0; i < 100; i++) {
    loop.now += 0.1
    count(1)
    await turn()
  }
  expect(loop.rests).toEqual([])
})

test('where many acknowledge at once, turns begin a millisecond apart', async () => {
  const { loop, count } = givenLoop()
  loop.now += 1.5
  count(40)
  await turn()
  expect(loop.rests).toEqual([])
  loop.now += 0.25
  count(40)
  await turn()
  loop.now += 0.5
  count(200)
  await turn()
  expect(loop.rests).toEqual([0.75, 0.5])
})

test('a loop that is busy all the time does not rest', async () => {
  const { loop, count } = givenLoop()
  for (let i = 0; i < 5; i++) {
    loop.now += 1.2
    count(500)
    await turn()
  }
  expect(loop.rests).toEqual([])
})

test('what the turn has to write leaves before the rest', async () => {
  const { loop, count } = givenLoop()
  let restsAtWrite = -1
  count(32)
  setImmediate(() => {
    restsAtWrite = loop.rests.length
  })
  await turn()
  expect(restsAtWrite).toBe(0)
  expect(loop.rests).toEqual([1])
})
