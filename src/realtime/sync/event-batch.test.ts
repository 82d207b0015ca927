import { expect, test } from 'vitest'
import { type EventBatch, manyEvents, singleEvent } from './event-batch.ts'

const item = (id: number, type = 'list_item_added') => ({ id, type, json: JSON.stringify({ id }) })

/** Type and numbers of each message that tells what comes after `known`. */
function toldAfter(batch: EventBatch, known: number): unknown[] {
  return batch.framesAfter(known).map((frame) => {
    const text = frame.toString()
    const { event_type, event, events } = JSON.parse(text.slice(text.lastIndexOf('{"event_type"')))
    return [event_type, (events ?? [event]).map(({ id }: { id: number }) => id)]
  })
}

test('a single event is one message, made once', () => {
  const batch = singleEvent(item(7))
  expect(toldAfter(batch, 6)).toEqual([['list_item_added', [7]]])
  expect(batch.framesAfter(6)[0]).toBe(batch.framesAfter(0)[0])
})

test('neighbours of one type share a message, and the order stays', () => {
  const batch = manyEvents([item(1), item(2), item(3, 'list_item_updated'), item(4), item(5)])
  expect([batch.first, batch.last]).toEqual([1, 5])
  expect(toldAfter(batch, 0)).toEqual([
    ['list_item_added', [1, 2]],
    ['list_item_updated', [3]],
    ['list_item_added', [4, 5]],
  ])
})

test('whoever knows the beginning is told the rest', () => {
  const batch = manyEvents([item(1), item(2), item(3)])
  expect(toldAfter(batch, 1)).toEqual([['list_item_added', [2, 3]]])
  expect(toldAfter(batch, 2)).toEqual([['list_item_added', [3]]])
})

test('of a document only the last state is told', () => {
  const batch = manyEvents([item(1, 'document_updated'), item(2, 'document_updated')])
  expect(toldAfter(batch, 0)).toEqual([['document_updated', [2]]])
})
