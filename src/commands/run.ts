import { ConfigError } from '../config.ts'
import { backUp } from './backup.ts'
import { examine } from './doctor.ts'
import { seed } from './seed.ts'
import { serve } from './serve.ts'
import { printToken } from './token.ts'

type Env = Readonly<Record<string, string | undefined>>

const HELP = `Usage: parley <command>

  serve    start the server (what npm start does); settings come from the environment
  token    print an access token for a client:
           parley token --service IS… --identity alice [--ttl 3600] [--push-credential CR…]
  seed     make a demo service with users, channels and history:
           parley seed [--name 'Demo shop'] [--messages 400]
  backup   copy the embedded database, also while the server runs:
           parley backup [FILE]
  doctor   check settings, database, disk, clock and public URL
  help     this text
`

/** A mistake of whoever typed the command; the text says what to do. */
export class UsageError extends Error {}

/** Exit status 2 for wrong settings and arguments, 1 for what fails later. */
export async function runCommand(args: readonly string[], env: Env): Promise<void> {
  const [command = 'serve', ...rest] = args
  try {
    if (command === 'serve') await serve(env)
    else if (command === 'token') await printToken(rest, env)
    else if (command === 'seed') await seed(rest, env)
    else if (command === 'backup') await backUp(rest, env)
    else if (command === 'doctor') await examine(env)
    else if (['help', '--help', '-h'].includes(command)) process.stdout.write(HELP)
    else throw new UsageError(`There is no command '${command}'.\n\n${HELP}`)
  } catch (error) {
    report(error)
  }
}

function report(error: unknown): void {
  if (error instanceof ConfigError) {
    process.stderr.write(`Parley cannot start, ${error.message}:\n`)
    for (const mistake of error.mistakes) process.stderr.write(`  ${mistake}\n`)
    process.exitCode = 2
  } else if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  } else {
    process.stderr.write(`Parley stopped: ${explain(error)}\n`)
    process.exitCode = 1
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, address, port } = error as Error & { code?: string; address?: string; port?: number }
  if (code === 'EADDRINUSE') return `${address}:${port} is in use. Stop what listens there, or set PORT.`
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return `${error.message}${cause}`
}
