import fc from 'fast-check'
import { expect, test } from 'vitest'
import { indexTokens, sidTokens } from './page-tokens.ts'

const tokens = sidTokens('CH')
const DIGITS = '0123456789abcdef0123456789abcdef'
const SIDES = ['after', 'before'] as const

test('a token names the sid that the page starts after, or ends before', () => {
  expect(tokens.write({ side: 'after', key: `CH${DIGITS}` })).toBe(`PTCH${DIGITS}`)
  expect(tokens.read(`PTCH${DIGITS}`)).toEqual({ side: 'after', key: `CH${DIGITS}` })
  for (const side of SIDES) {
    const position = { side, key: `CH${DIGITS}` }
    expect(tokens.read(tokens.write(position))).toEqual(position)
  }
})

test('a sid in a token is read in either case', () => {
  expect(tokens.read(`PTCH${DIGITS.toUpperCase()}`)).toEqual({ side: 'after', key: `CH${DIGITS}` })
})

test.each([
  '',
  'PT',
  `CH${DIGITS}`,
  `PTIM${DIGITS}`,
  `PTCH${DIGITS}0`,
  `PTCH${DIGITS.slice(1)}`,
  `XXCH${DIGITS}`,
  `ptCH${DIGITS}`,
  'PT5',
])('%j is no token of a list of channels', (token) => {
  expect(() => tokens.read(token)).toThrow(expect.objectContaining({ status: 400, code: 20001 }))
})

test('a token of messages names an index', () => {
  expect(indexTokens.write({ side: 'after', key: 2 })).toBe('PT2')
  expect(indexTokens.read('PT2')).toEqual({ side: 'after', key: 2 })
  fc.assert(
    fc.property(fc.constantFrom(...SIDES), fc.nat(), (side, key) => {
      expect(indexTokens.read(indexTokens.write({ side, key }))).toEqual({ side, key })
    }),
  )
})

test('an index below zero has an error of its own', () => {
  expect(() => indexTokens.read('PT-1')).toThrow(expect.objectContaining({ status: 400, code: 19038 }))
})

test.each(['', 'PT', '2', 'XX2', 'PTx', 'PT1.5', 'PT 1', 'PT1e3', `PT${'9'.repeat(20)}`, `PTIM${DIGITS}`])(
  '%j is no token of a list of messages',
  (token) => {
    expect(() => indexTokens.read(token)).toThrow(expect.objectContaining({ status: 400, code: 20001 }))
  },
)
