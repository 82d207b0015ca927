import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatSeconds, isoDate, parseInstant } from './iso-date.ts'

const NOON = Date.UTC(2015, 11, 16, 12, 0, 0)

test.each([
  ['2015-12-16T12:00:00Z', NOON],
  ['2015-12-16t12:00:00z', NOON],
  ['2015-12-16T12:00:00.5Z', NOON + 500],
  ['2015-12-16T12:00:00.123Z', NOON + 123],
  ['2015-12-16T12:00:00.123999999Z', NOON + 123],
  ['2015-12-16T14:00:00+02:00', NOON],
  ['2015-12-16T14:00:00+0200', NOON],
  ['2015-12-16T06:30:00-05:30', NOON],
  ['2015-12-17T00:30:00.250+12:30', NOON + 250],
  ['2015-12-16T12:00:00-00:00', NOON],
  ['2016-02-29T00:00:00Z', Date.UTC(2016, 1, 29)],
  ['1969-12-31T23:59:59.999Z', -1],
])('%s is an instant', (text, milliseconds) => {
  expect(parseInstant(text)).toBe(milliseconds)
})

test.each([
  '',
  'yesterday',
  '2015-12-16',
  '2015-12-16T12:00:00',
  '2015-12-16 12:00:00Z',
  '2015-12-16T12:00Z',
  '2015-12-16T12:00:00.Z',
  '2015-12-16T12:00:00+2:00',
  '2015-12-16T12:00:00+24:00',
  '2015-12-16T12:00:00+02:60',
  '2015-12-16T12:00:00 Z',
  ' 2015-12-16T12:00:00Z',
  '2015-12-16T12:00:00Z\n',
  '2015-12-16T24:00:00Z',
  '2015-12-16T12:60:00Z',
  '2015-12-16T12:00:60Z',
  '2015-13-01T12:00:00Z',
  '2015-00-01T12:00:00Z',
  '2015-12-00T12:00:00Z',
  '2015-02-29T12:00:00Z',
  '2015-02-30T12:00:00Z',
  '2015-04-31T12:00:00Z',
  '15-12-16T12:00:00Z',
  '+002015-12-16T12:00:00Z',
  'Wed, 16 Dec 2015 12:00:00 GMT',
  '1450267200',
])('%j is none', (text) => {
  expect(parseInstant(text)).toBeUndefined()
})

test.each(['9999-12-31T23:59:59-00:01', '0000-01-01T00:00:00+00:01'])(
  '%s is none, as its year in UTC could not be written with four digits',
  (text) => {
    expect(parseInstant(text)).toBeUndefined()
  },
)

test('seconds are cut, not rounded', () => {
  expect(formatSeconds(NOON)).toBe('2015-12-16T12:00:00Z')
  expect(formatSeconds(NOON + 999)).toBe('2015-12-16T12:00:00Z')
  expect(formatSeconds(-1)).toBe('1969-12-31T23:59:59Z')
})

test('a date has milliseconds, whichever date was asked for before', () => {
  for (const milliseconds of [NOON, NOON + 1, NOON + 1, -1, NOON]) {
    expect(isoDate(milliseconds)).toBe(new Date(milliseconds).toISOString())
  }
})

test('an instant survives being written and read, in any zone', () => {
  const offsets = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 })
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0001-01-03'), max: new Date('9999-12-28') }),
      offsets,
      (date, offset) => {
        fc.pre(!Number.isNaN(date.getTime()))
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1)

        expect(parseInstant(`${local}${zoneOf(offset)}`)).toBe(date.getTime())
        expect(parseInstant(formatSeconds(date.getTime()))).toBe(Math.floor(date.getTime() / 1000) * 1000)
      },
    ),
  )
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const milliseconds = parseInstant(text)
      expect(milliseconds === undefined || Number.isSafeInteger(milliseconds)).toBe(true)
    }),
  )
})

function zoneOf(offset: number): string {
  const two = (number: number): string => `${number}`.padStart(2, '0')
  const minutes = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
