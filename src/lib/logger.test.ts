import { expect, test } from 'vitest'
import { withoutRows } from './logger.ts'

const violation = (cause?: Error): Error =>
  Object.assign(new Error('duplicate key', { cause }), { code: '23505', detail: 'Key (body)=(a secret)' })

test('the rows of an error are not logged, nor those of its causes', () => {
  const error = new Error('not sent', { cause: violation(violation()) })
  const logged = withoutRows(error)

  expect(logged).toMatchObject({
    type: 'Error',
    message: 'not sent',
    cause: { code: '23505', cause: { code: '23505' } },
  })
  expect(JSON.stringify(logged)).not.toContain('a secret')
  expect(JSON.stringify(withoutRows(violation()))).not.toContain('a secret')
})

test('nor those of several errors in one', () => {
  const logged = withoutRows(new AggregateError([violation(), new Error('other')], 'both failed'))

  expect(logged).toMatchObject({ aggregateErrors: [{ code: '23505' }, { message: 'other' }] })
  expect(JSON.stringify(logged)).not.toContain('a secret')
})
