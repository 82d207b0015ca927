// Writers that work side by side over REST and note down each answer, to be held against the server later.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'

/** Yes: it was answered. Maybe: the connection broke before the answer came. */
type Known = 'yes' | 'no' | 'maybe'
type NotedMessage = { sid: string; index: number; bodies: string[]; deleted: Known }

/** What one writer knows of its own channel. */
type Notebook = {
  channelSid: string
  messages: NotedMessage[]
  /** By identity. */
  members: Map<string, Known>
  /** By identity; the horizons that may be stored. */
  horizons: Map<string, (number | null)[]>
  /** Channels made along the way, by unique name. */
  channels: Map<string, Known>
}

export type Crew = {
  /** All writers write until their connection breaks. `onAnswer` is called at each answer. Throws when the server refuses something. */
  write(service: ServiceContext, onAnswer: () => void): Promise<void>
  /** Throws unless the server holds everything that was answered, and nothing that was not asked for. */
  verify(service: ServiceContext): Promise<void>
}

/** Two writers for each channel. Their members share identities, so the writers meet at the users, too. */
export async function givenCrew(service: ServiceContext, channels: number): Promise<Crew> {
  const notebooks: Notebook[] = []
  for (let i = 0; i < channels; i++) {
    const { sid: channelSid } = await service.channels.create({ uniqueName: `channel ${i}` })
    for (let half = 0; half < 2; half++) {
      const empty = { messages: [], members: new Map(), horizons: new Map(), channels: new Map() }
      notebooks.push({ channelSid, ...empty })
    }
  }
  let round = 0
  return {
    async write(current, onAnswer) {
      round++
      await Promise.all(notebooks.map((notebook, i) => new Writer(current, notebook, onAnswer).run(round, i)))
    },
    async verify(current) {
      for (const pair of Map.groupBy(notebooks, ({ channelSid }) => channelSid).values()) {
        await verifyChannel(current, pair)
      }
    },
  }
}

class Writer {
  readonly #service: ServiceContext
  readonly #notes: Notebook
  readonly #onAnswer: () => void

  constructor(service: ServiceContext, notes: Notebook, onAnswer: () => void) {
    this.#service = service
    this.#notes = notes
    this.#onAnswer = onAnswer
  }

  async run(round: number, writer: number): Promise<void> {
    try {
      for (let step = 0; ; step++) await this.#cycle(`${round} ${writer} ${step}`, writer, step)
    } catch (error) {
      if ((error as { status?: number }).status !== undefined) throw error
    }
  }

  async #cycle(name: string, writer: number, step: number): Promise<void> {
    const channel = this.#service.channels(this.#notes.channelSid)
    for (const part of ['a', 'b', 'c']) {
      const body = `${name} ${part}`
      const { sid, index } = await this.#answer(channel.messages.create({ body }))
      this.#notes.messages.push({ sid, index, bodies: [body], deleted: 'no' })
    }
    const [deleted, edited] = this.#notes.messages.slice(-3) as [NotedMessage, NotedMessage]
    edited.bodies.push(`${name} edited`)
    await this.#answer(channel.messages(edited.sid).update({ body: `${name} edited` }))
    edited.bodies = edited.bodies.slice(-1)
    deleted.deleted = 'maybe'
    await this.#answer(channel.messages(deleted.sid).remove())
    deleted.deleted = 'yes'
    await this.#cycleMembers(writer % 2, step)
    this.#notes.channels.set(name, 'maybe')
    await this.#answer(this.#service.channels.create({ uniqueName: name }))
    this.#notes.channels.set(name, 'yes')
  }

  /** Of each ten identities of this half one joins, moves its horizon, and perhaps leaves. */
  async #cycleMembers(half: number, step: number): Promise<void> {
    const { members, horizons, channelSid } = this.#notes
    const identity = `half ${half} member ${step % 10}`
    const member = this.#service.channels(channelSid).members(identity)
    if (members.get(identity) === 'maybe') return
    if (members.get(identity) !== 'yes') {
      members.set(identity, 'maybe')
      await this.#answer(this.#service.channels(channelSid).members.create({ identity }))
      members.set(identity, 'yes')
      horizons.set(identity, [null])
    }
    horizons.get(identity)?.push(step)
    await this.#answer(member.update({ lastConsumedMessageIndex: step }))
    horizons.set(identity, [step])
    if (step % 3 !== 0) return
    members.set(identity, 'maybe')
    await this.#answer(member.remove())
    members.set(identity, 'no')
  }

  async #answer<T>(request: Promise<T>): Promise<T> {
    const answer = await request
    this.#onAnswer()
    return answer
  }
}

/** `pair`: what the two writers of one channel know of it. */
async function verifyChannel(service: ServiceContext, pair: Notebook[]): Promise<void> {
  const channel = service.channels(pair[0]?.channelSid ?? '')
  const stored = await channel.messages.list()
  const noted = pair.flatMap(({ messages }) => messages)
  const bySid = new Map(stored.map((message) => [message.sid, message]))
  for (const { sid, index, bodies, deleted } of noted) {
    const found = bySid.get(sid)
    if (!found) demand(deleted !== 'no', `message ${index} is lost`)
    else {
      demand(deleted !== 'yes', `message ${index} was deleted and is back`)
      demand(found.index === index && bodies.includes(found.body), `message ${index} is ${found.body}`)
    }
  }
  const next = await channel.messages.create({ body: 'next' })
  noted.push({ sid: next.sid, index: next.index, bodies: ['next'], deleted: 'no' })
  pair[0]?.messages.push(noted.at(-1) as NotedMessage)
  const indexes = new Set([...stored, ...noted].map(({ index }) => index))
  demand(indexes.size === next.index + 1, `${indexes.size} indexes below ${next.index}`)
  await verifyMembers(service, pair)
}

async function verifyMembers(service: ServiceContext, pair: Notebook[]): Promise<void> {
  const channel = service.channels(pair[0]?.channelSid ?? '')
  const stored = new Map(
    (await channel.members.list()).map((member) => [
      member.identity,
      member.lastConsumedMessageIndex ?? null,
    ]),
  )
  for (const notes of pair) {
    for (const identity of notes.members.keys()) verifyMember(notes, identity, stored.get(identity))
    for (const [name, known] of notes.channels) if (known === 'yes') await service.channels(name).fetch()
    notes.channels.clear()
  }
}

/** `horizon`: what the server says, undefined for no member. From here on the notes are sure again. */
function verifyMember({ members, horizons }: Notebook, identity: string, horizon?: number | null): void {
  const known = members.get(identity)
  const isMember = horizon !== undefined
  demand(known === 'maybe' || (known === 'yes') === isMember, `is ${identity} a member: ${known}`)
  const possible = known === 'yes' ? horizons.get(identity) : undefined
  demand(!possible || possible.includes(horizon ?? null), `horizon of ${identity}: ${horizon}`)
  members.set(identity, isMember ? 'yes' : 'no')
  horizons.set(identity, [horizon ?? null])
}

function demand(condition: boolean, what: string): void {
  if (!condition) throw new Error(what)
}
