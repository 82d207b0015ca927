import { expect, test } from 'vitest'
import { createRouter, route } from './router.ts'

const answer = async () => ({ status: 200, body: null })
const find = createRouter([
  route('GET', '/v3/Lists/:Id', answer),
  route('POST', '/v3/Lists/*Rest', answer),
  route('POST', '/v3/Lists', answer),
  route('GET', '/Users', answer),
  route('GET', '/Users/*User', answer),
  route('GET', '/Users/:User/Conversations', answer),
  route('POST', '/C/:Key/Participants/*Member', answer),
])

test.each([
  ['GET', '/v3/Lists/ES1', '/v3/Lists/:Id', { Id: 'ES1' }],
  ['POST', '/v3/Lists', '/v3/Lists', {}],
  ['POST', '/v3/Lists/ES1/Items', '/v3/Lists/*Rest', { Rest: 'ES1/Items' }],
  ['GET', '/Users', '/Users', {}],
  ['GET', '/Users/alice', '/Users/*User', { User: 'alice' }],
  ['GET', '/Users/a/b/c', '/Users/*User', { User: 'a/b/c' }],
  ['GET', '/Users/alice/Conversations', '/Users/:User/Conversations', { User: 'alice' }],
  ['POST', '/C/CH1/Participants/a@b/c', '/C/:Key/Participants/*Member', { Key: 'CH1', Member: 'a@b/c' }],
  ['POST', '/C/CH1/Participants//', '/C/:Key/Participants/*Member', { Key: 'CH1', Member: '/' }],
])('%s %s', (method, path, pattern, params) => {
  const found = find(method, path)
  expect(found?.route.pattern).toBe(pattern)
  expect(found?.params).toEqual(params)
})

test.each([
  ['GET', '/'],
  ['GET', ''],
  ['GET', '/v3/Lists'],
  ['PUT', '/v3/Lists/ES1'],
  ['GET', '/v3/Lists/ES1/Items'],
  ['GET', '/C/CH1/Participants'],
  ['GET', '/constructor/__proto__'],
])('nothing answers %s %s', (method, path) => {
  expect(find(method, path)).toBeUndefined()
})
