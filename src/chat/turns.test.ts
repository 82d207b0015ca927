import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('whoever is ready early waits for those before', () => {
  const turns = createTurns()
  const told: number[] = []
  const [first, second, third] = [turns.take(), turns.take(), turns.take()]
  third.use(() => told.push(3))
  second.use(() => told.push(2))
  expect(told).toEqual([])
  first.use(() => told.push(1))
  expect(told).toEqual([1, 2, 3])
})

test('a turn that is given up holds nobody up, and one that was used cannot be given up', () => {
  const turns = createTurns()
  const told: number[] = []
  const [first, second, third] = [turns.take(), turns.take(), turns.take()]
  second.use(() => told.push(2))
  second.drop()
  first.drop()
  first.use(() => told.push(1))
  third.use(() => told.push(3))
  expect(told).toEqual([2, 3])
})

test('what is told while others are told comes after them', () => {
  const turns = createTurns()
  const told: string[] = []
  const [first, second] = [turns.take(), turns.take()]
  second.use(() => told.push('second'))
  first.use(() => {
    turns.take().use(() => told.push('inner'))
    told.push('first')
  })
  expect(told).toEqual(['first', 'second', 'inner'])
})
