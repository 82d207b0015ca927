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

/** Of the job with the first place in its lane. */
const job = (until: number, target = T) => ({ target, seq: 1, until })

test('a promised place is taken, and nobody but its job redeems it, once', () => {
  const places = new Places(1)
  expect(places.promise('lane', job(10), 0)).toBe(true)
  expect([places.promise('other', job(10), 0), places.isFull(T)]).toEqual([false, true])

  const redeemed = [places.redeem('other', 1, 1), places.redeem('lane', 2, 1), places.redeem('lane', 1, 1)]
  expect([...redeemed, places.redeem('lane', 1, 1)]).toEqual([false, false, true, false])
  expect(places.isFull(T)).toBe(true)
  places.leave(T)
  expect(places.free).toBe(MAX_LANES)
})

test('a transaction that starts over is promised the same place, for as long as a new one', () => {
  const places = new Places(1)
  places.promise('lane', job(10), 0)

  expect(places.promise('lane', job(15), 5)).toBe(true)

  expect([places.promise('other', job(22), 12), places.redeem('lane', 1, 12)]).toEqual([false, true])
})

test('a promise of which nothing came is void in the end, and one that is taken back at once', () => {
  const places = new Places(1)
  places.promise('lane', job(10), 0)
  expect(places.promise('other', job(19), 9)).toBe(false)
  expect(places.promise('other', job(20), 10)).toBe(true)
  expect([places.redeem('lane', 1, 10), places.redeem('other', 1, 20)]).toEqual([false, false])
  expect(places.free).toBe(MAX_LANES)

  places.promise('lane', job(40), 30)
  places.withdraw('lane')

  expect([places.redeem('lane', 1, 31), places.isFull(T)]).toEqual([false, false])
})
