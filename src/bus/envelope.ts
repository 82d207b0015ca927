// A message of one process as texts that PostgreSQL hands on, each below the 8,000 bytes that it takes: their sender, a
// number that rises by one, which slice of how many follows, and the slice.

/** Characters, each of one byte. */
const SLICE = 7_800

export type Envelope = { sender: string; number: number; index: number; count: number; slice: string }
export type Letter = { topic: string; message: Buffer }

/** The first has the number `first`. Topic and sender have no spaces. */
export function toEnvelopes(sender: string, first: number, { topic, message }: Letter): string[] {
  const text = `${topic} ${message.toString('base64')}`
  const count = Math.ceil(text.length / SLICE)
  return Array.from({ length: count }, (_, index) => {
    const slice = text.slice(index * SLICE, (index + 1) * SLICE)
    return `${sender} ${first + index} ${index} ${count} ${slice}`
  })
}

/** Undefined for what is none. */
export function readEnvelope(text: string): Envelope | undefined {
  const [, sender, number, index, count, slice] = /^(\S+) (\d+) (\d+) (\d+) (.+)$/.exec(text) ?? []
  if (sender === undefined || slice === undefined) return undefined
  return { sender, number: Number(number), index: Number(index), count: Number(count), slice }
}

/** What the slices of one message say together. */
export function readLetter(slices: readonly string[]): Letter {
  const [topic = '', content = ''] = slices.join('').split(' ')
  return { topic, message: Buffer.from(content, 'base64') }
}
