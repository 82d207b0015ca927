import { expect, test } from 'vitest'
import { MAX_LANES, Places } from './places.ts'

const T = 'https://a.example/hook'

function take(places: Places, times: number, target = T): void {
  for (let i = 0; i < times; i++) places.take(target)
}

test('a target is full with as many lanes as it may have, and has room again when one is done', () => {
  const places = new Places(2)
  take(places, 2)
  expect([places.isFull(T), places.isFull('other'), places.full()]).toEqual([true, false, [T]])

  places.leave(T)

  expect([places.isFull(T), places.full()]).toEqual([false, []])
})

test('where places run short each target gets fewer, and when there are none nobody gets any', () => {
  const places = new Places(16)
  take(places, 4)
  for (let i = 4; i < MAX_LANES / 2; i++) places.take(`other ${i}`)
  expect(places.isFull(T)).toBe(true)
  for (let i = MAX_LANES / 2; i < MAX_LANES; i++) places.take(`more ${i}`)
  expect([places.free, places.isFull('new')]).toEqual([0, true])
})

test('a promised place is taken, and nobody but its lane redeems it, once', () => {
  const places = new Places(1)
  expect(places.promise('lane', T, 0, 10)).toBe(true)
  expect([places.promise('other', T, 0, 10), places.isFull(T)]).toEqual([false, true])
  // A transaction that starts over asks again.
  expect(places.promise('lane', T, 1, 11)).toBe(true)

  expect([places.redeem('other'), places.redeem('lane'), places.redeem('lane')]).toEqual([false, true, false])
  expect(places.isFull(T)).toBe(true)
  places.leave(T)
  expect(places.free).toBe(MAX_LANES)
})

test('a promise of which nothing came is void in the end', () => {
  const places = new Places(1)
  places.promise('lane', T, 0, 10)

  expect(places.promise('other', T, 9, 19)).toBe(false)
  expect(places.promise('other', T, 10, 20)).toBe(true)

  expect([places.redeem('lane'), places.redeem('other')]).toEqual([false, true])
})
