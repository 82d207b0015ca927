// SDK clients in a process of their own, asked from here.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Reply } from './agent.ts'
import type { Ops } from './agent-ops.ts'

export type Agent = AsyncDisposable & {
  ask<Op extends keyof Ops>(op: Op, ...args: Parameters<Ops[Op]>): Promise<Awaited<ReturnType<Ops[Op]>>>
}

export function startAgent(version: string): Agent {
  const child = fork(join(import.meta.dirname, 'agent.ts'), [version], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const waiting = new Map<number, (reply: Reply) => void>()
  let last = 0
  child.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply))
  child.once('exit', (code) => {
    for (const [id, settle] of waiting) settle({ id, error: `the agent has ended with ${code}` })
  })
  return {
    async ask(op, ...args) {
      const id = ++last
      const { promise, resolve } = Promise.withResolvers<Reply>()
      waiting.set(id, resolve)
      child.send({ id, op, args })
      const { value, error } = await promise
      waiting.delete(id)
      if (error !== undefined) throw new Error(`SDK ${version}, ${op} ${JSON.stringify(args)}: ${error}`)
      return value as never
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
