import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { fairTurn, isLongTurn, thisTurn } from './event-loop.ts'

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
