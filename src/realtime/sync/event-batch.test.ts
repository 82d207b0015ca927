import { expect, test } from 'vitest'
import { type EventBatch, eventBatch } from './event-batch.ts'

const item = (id: number, type = 'list_item_added') => ({ id, type, json: JSON.stringify({ id }) })

/** Type and numbers of each message that tells what comes after `known`. */
function toldAfter(batch: EventBatch, known: number, together = true): unknown[] {
  return batch.framesAfter(known, together).map((frame) => {
    const text = frame.toString()
    const { event_type, event, events } = JSON.parse(text.slice(text.lastIndexOf('{"event_type"')))
    return [event_type, (events ?? [event]).map(({ id }: { id: number }) => id)]
  })
}

test('the frames are made once', () => {
  const batch = eventBatch([item(7), item(8)])
  expect(batch.framesAfter(6, true)[0]).toBe(batch.framesAfter(0, true)[0])
  expect(batch.framesAfter(6, false)[1]).toBe(batch.framesAfter(0, false)[1])
})

test('a single event is the same message for everyone', () => {
  const batch = eventBatch([item(7)])
  expect(toldAfter(batch, 6)).toEqual([['list_item_added', [7]]])
  expect(batch.framesAfter(6, true)[0]).toBe(batch.framesAfter(6, false)[0])
})

test('neighbours of one type share a message, and the order stays', () => {
  const batch = eventBatch([item(1), item(2), item(3, 'list_item_updated'), item(4), item(5)])
  expect([batch.first, batch.last]).toEqual([1, 5])
  expect(toldAfter(batch, 0)).toEqual([
    ['list_item_added', [1, 2]],
    ['list_item_updated', [3]],
    ['list_item_added', [4, 5]],
  ])
})

test('clients that take one event in a message get each alone', () => {
  const batch = eventBatch([item(1), item(2)])
  const alone = [
    ['list_item_added', [1]],
    ['list_item_added', [2]],
  ]
  expect(toldAfter(batch, 0, false)).toEqual(alone)
  expect(toldAfter(batch, 1, false)).toEqual(alone.slice(1))
})

test('whoever knows the beginning is told the rest', () => {
  const batch = eventBatch([item(1), item(2), item(3)])
  expect(toldAfter(batch, 1)).toEqual([['list_item_added', [2, 3]]])
  expect(toldAfter(batch, 2)).toEqual([['list_item_added', [3]]])
})

test.each([true, false])('of a document only the last state is told (together: %s)', (together) => {
  const batch = eventBatch([item(1, 'document_updated'), item(2, 'document_updated')])
  expect(toldAfter(batch, 0, together)).toEqual([['document_updated', [2]]])
})
