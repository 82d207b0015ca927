import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { afterMicrotasks, fairTurn, isLongTurn, thisTurn, turnEnd } from './event-loop.ts'

function work(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** Does its work in pieces that each take a whole turn. */
async function workInPieces(name: string, pieces: number, log: string[]): Promise<void> {
  for (let i = 1; i <= pieces; i++) {
    await fairTurn()
    log.push(`${name}${i}`)
    work(25)
  }
}

test('a turn is the same until the event loop goes on', async () => {
  await nextTurn()
  const turn = thisTurn()
  await null
  expect(thisTurn()).toBe(turn)
  await nextTurn()
  await nextTurn()
  expect(thisTurn()).not.toBe(turn)
})

test('a turn that has taken long is left to others', async () => {
  await nextTurn()
  const log: string[] = []
  setImmediate(() => log.push('other'))
  await fairTurn()
  log.push('short')
  expect(isLongTurn()).toBe(false)
  work(25)
  expect(isLongTurn()).toBe(true)
  await fairTurn()
  expect(log).toEqual(['short', 'other'])
})

test('those who have much to do take turns', async () => {
  await nextTurn()
  const log: string[] = []
  await Promise.all([workInPieces('a', 3, log), workInPieces('b', 3, log), workInPieces('c', 1, log)])
  expect(log).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'b3'])
})

test('what is put off until the end of the turn is done then, in order and together', async () => {
  await nextTurn()
  const log: string[] = []
  for (const name of ['a', 'b']) void turnEnd().then(() => log.push(name))
  await afterMicrotasks()
  expect(log).toEqual([])
  setImmediate(() => log.push('the next'))
  await nextTurn()
  expect(log).toEqual(['a', 'b', 'the next'])
})

test('in a long turn it is not put off', async () => {
  await nextTurn()
  const log: string[] = []
  void turnEnd().then(() => log.push('a'))
  work(25)
  void turnEnd().then(() => log.push('b'))
  await afterMicrotasks()
  expect(log).toEqual(['a', 'b'])
})
