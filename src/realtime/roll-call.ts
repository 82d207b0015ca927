// What processes ask and tell each other of who is connected: a user is online as long as one process has a connection.
import { randomUUID } from 'node:crypto'
import type { Bus } from '../bus/bus.ts'

const TOPIC = 'presence'
/** Others have so long to answer. */
const ANSWER_MS = 500

type Word =
  /** Which of these users are connected to you? Answers go to the topic `asker`. */
  | { kind: 'ask'; asker: string; users: readonly string[] }
  | { kind: 'here'; users: readonly string[] }
  /** This user is offline now: whoever has a connection says otherwise. */
  | { kind: 'left'; user: string }
  /** The service wants to know from now on who is online. */
  | { kind: 'refresh'; serviceSid: string }

/** What this process knows and does. */
export type Attendance = {
  isConnected(userSid: string): boolean
  /** Writes once more that the user is online. */
  confirm(userSid: string): void
  /** Writes once more that everyone of the service who is connected is online. */
  refresh(serviceSid: string): void
}

export type RollCall = {
  /** Answers others from now on. */
  answer(attendance: Attendance): void
  /** Those of `users` who are connected to other processes; where there are any, it takes half a second. */
  ask(users: readonly string[]): Promise<ReadonlySet<string>>
  tellLeft(userSid: string): void
  /** Reaches this process, too. */
  tellRefresh(serviceSid: string): void
}

export function createRollCall(bus: Bus): RollCall {
  const own = `presence-${randomUUID()}`
  /** What has been answered to questions that are open. */
  const open = new Set<Set<string>>()

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
        if (attendance.isConnected(word.user)) attendance.confirm(word.user)
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
    async ask(users) {
      const present = new Set<string>()
      if (!bus.isShared || users.length === 0) return present
      open.add(present)
      say(TOPIC, { kind: 'ask', asker: own, users })
      await new Promise((resolve) => setTimeout(resolve, ANSWER_MS))
      open.delete(present)
      return present
    },
    tellLeft: (user) => say(TOPIC, { kind: 'left', user }),
    tellRefresh: (serviceSid) => say(TOPIC, { kind: 'refresh', serviceSid }),
  }
}
