// What has left for the disk is known until it is there.
import { expect, test } from 'vitest'
import { Underway } from '../../src/store/sqlite-underway.ts'

test.each([
  [3, 2],
  [1, 0],
  [0, 0],
])('batches of %i and %i are underway until both have arrived', async (...sizes) => {
  const underway = new Underway()
  await underway.end()
  const [first, second] = sizes.map((size) => underway.leave(size))
  let ended = false
  const end = underway.end().then(() => {
    ended = true
  })
  second?.()
  await Promise.resolve()
  expect([underway.isEmpty, ended]).toEqual([false, false])
  first?.()
  await end
  expect([underway.isEmpty, underway.count]).toEqual([true, 0])
})
