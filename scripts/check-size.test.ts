import { expect, test } from 'vitest'
import { measureFunctions } from './check-size.ts'

test('functions of every kind are measured, with types and with markup', () => {
  const text = [
    'type P = { x: number }',
    'export function Page({ x }: P) {',
    '  return (',
    '    <ul onClick={() => {',
    '      go(x)',
    '    }}>{x}</ul>',
    '  )',
    '}',
    'class A {',
    '  m<T>(t: T): T { return t }',
    '}',
  ].join('\n')
  expect(measureFunctions({ path: 'a.tsx', text })).toEqual([
    { name: 'a.tsx:2 Page', lines: 7 },
    { name: 'a.tsx:4', lines: 3 },
    { name: 'a.tsx:10', lines: 1 },
  ])
})
