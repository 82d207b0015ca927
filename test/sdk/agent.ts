// A process with one version of an SDK that does what its parent asks: node test/sdk/agent.ts VERSION
import { loadSdk } from './adapters/versions.ts'
import { createOps } from './agent-ops.ts'

export type Question = { id: number; op: string; args: unknown[] }
export type Reply = { id: number; value?: unknown; error?: string }

const problems: string[] = []
process.on('unhandledRejection', (reason) => problems.push(`unhandled: ${reason}`))
process.on('uncaughtException', (error) => problems.push(`uncaught: ${error.stack}`))
process.on('disconnect', () => process.exit(0))

const ops = createOps(loadSdk(process.argv[2] ?? ''), problems) as Record<
  string,
  (...args: unknown[]) => unknown
>

process.on('message', async ({ id, op, args }: Question) => {
  let reply: Reply
  try {
    reply = { id, value: await ops[op]?.(...args) }
  } catch (error) {
    reply = { id, error: String((error as Error).message) }
  }
  process.send?.(reply)
})
