// ISO 8601 instants, as strict as a date that is kept for good needs to be.

const PATTERN = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})$/i
const DAY_MS = 86_400_000
/** Years of four digits, also after the offset is taken off. */
const FIRST = Date.parse('0000-01-01T00:00:00.000Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))
/** Most dates of a page are of one day, whose text is made once. */
const lastDay = { number: Number.NaN, text: '' }
/** Most dates of an answer are the same one, and so are those of neighbours in a busy time. */
const lastDate = { milliseconds: Number.NaN, text: '' }

/** Milliseconds of an instant with a time and a zone; undefined for anything else, such as the 30th of February. */
export function parseInstant(text: string): number | undefined {
  const match = PATTERN.exec(text)
  if (!match) return undefined
  const [, date, time, fraction = '', zone = 'Z'] = match
  const civil = `${date}T${time}.000Z`
  const milliseconds = Date.parse(civil)
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== civil) return undefined
  const offset = parseOffset(zone)
  if (offset === undefined) return undefined
  const instant = milliseconds + Number(fraction.slice(1, 4).padEnd(3, '0')) - offset
  return instant >= FIRST && instant <= LAST ? instant : undefined
}

/** `YYYY-MM-DDThh:mm:ssZ`: whole seconds, cut and not rounded. */
export function formatSeconds(milliseconds: number): string {
  return `${upToSeconds(milliseconds)}Z`
}

/** `YYYY-MM-DDThh:mm:ss.sssZ`. */
export function isoDate(milliseconds: number): string {
  if (milliseconds !== lastDate.milliseconds) {
    const rest = milliseconds - Math.floor(milliseconds / 1000) * 1000
    lastDate.text = `${upToSeconds(milliseconds)}.${String(rest).padStart(3, '0')}Z`
    lastDate.milliseconds = milliseconds
  }
  return lastDate.text
}

function upToSeconds(milliseconds: number): string {
  const day = Math.floor(milliseconds / DAY_MS)
  if (day !== lastDay.number) {
    lastDay.number = day
    lastDay.text = new Date(milliseconds).toISOString().slice(0, -'hh:mm:ss.sssZ'.length)
  }
  const seconds = Math.floor((milliseconds - day * DAY_MS) / 1000)
  const hour = TWO_DIGITS[Math.floor(seconds / 3600)]
  const minute = TWO_DIGITS[Math.floor(seconds / 60) % 60]
  return `${lastDay.text}${hour}:${minute}:${TWO_DIGITS[seconds % 60]}`
}

function parseOffset(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 23 || minutes > 59) return undefined
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
