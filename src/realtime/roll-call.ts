// What processes ask and tell each other of who is connected: a user is online as long as one process has a connection.
import { randomUUID } from 'node:crypto'
import type { Bus } from '../bus/bus.ts'

const TOPIC = 'presence'
/** Questions gather for so long: when a process loses all of its clients, they leave together. */
const GATHERING_MS = 50
/** Others have so long to answer. */
const ANSWER_MS = 500

type Word =
  /** Which of these users are connected to you? Answers go to the topic `asker`. */
  | { kind: 'ask'; asker: string; users: readonly string[] }
  | { kind: 'here'; users: readonly string[] }
  /** These users are offline now: whoever has a connection of one says otherwise. */
  | { kind: 'left'; users: readonly string[] }
  /** The service wants to know from now on who is online. */
  | { kind: 'refresh'; serviceSid: string }

/** What this process knows and does. */
export type Attendance = {
  isConnected(userSid: string): boolean
  /** Writes once more that these users are online, as far as they are connected. */
  confirm(userSids: readonly string[]): void
  /** Writes once more that everyone of the service who is connected is online. */
  refresh(serviceSid: string): void
}

export type RollCall = {
  /** Answers others from now on. */
  answer(attendance: Attendance): void
  /** Resolves with who is connected to other processes, of `users` at least; where there are any, it takes half a second. */
  ask(users: readonly string[]): Promise<ReadonlySet<string>>
  tellLeft(userSid: string): void
  /** Reaches this process, too. */
  tellRefresh(serviceSid: string): void
}

export function createRollCall(bus: Bus): RollCall {
  const own = `presence-${randomUUID()}`
  /** What has been answered to questions that are open. */
  const open = new Set<Set<string>>()
  const asked = createGathering(async (users) => {
    const present = new Set<string>()
    open.add(present)
    say(TOPIC, { kind: 'ask', asker: own, users })
    await wait(ANSWER_MS)
    open.delete(present)
    return present
  })
  const gone = createGathering(async (users) => say(TOPIC, { kind: 'left', users }))

  function say(topic: string, word: Word): void {
    bus.publish(topic, () => Buffer.from(JSON.stringify(word)))
  }

  function hear(word: Word, attendance: Attendance): void {
    switch (word.kind) {
      case 'ask':
        answer(word.asker, word.users.filter(attendance.isConnected))
        break
      case 'here':
        for (const present of open) for (const user of word.users) present.add(user)
        break
      case 'left':
        attendance.confirm(word.users)
        break
      case 'refresh':
        attendance.refresh(word.serviceSid)
    }
  }

  function answer(asker: string, users: readonly string[]): void {
    if (asker !== own && users.length > 0) say(asker, { kind: 'here', users })
  }

  return {
    answer(attendance) {
      for (const topic of [TOPIC, own]) {
        bus.subscribe(topic, (message) => hear(JSON.parse(message.toString()) as Word, attendance))
      }
    },
    ask: async (users) => (bus.isShared && users.length > 0 ? asked(users) : new Set()),
    tellLeft(user) {
      if (bus.isShared) void gone([user])
    },
    tellRefresh: (serviceSid) => say(TOPIC, { kind: 'refresh', serviceSid }),
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** One `work` for all users that are given within GATHERING_MS. */
function createGathering<T>(work: (users: string[]) => Promise<T>): (users: readonly string[]) => Promise<T> {
  let gathered: { users: Set<string>; done: Promise<T> } | undefined
  const start = () => {
    const users = new Set<string>()
    const done = wait(GATHERING_MS).then(() => {
      gathered = undefined
      return work([...users])
    })
    return { users, done }
  }
  return (users) => {
    gathered ??= start()
    for (const user of users) gathered.users.add(user)
    return gathered.done
  }
}
