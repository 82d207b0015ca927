import { readDatabase } from '../config/database.ts'
import { createSetting, type Env } from '../config/setting.ts'
import { ConfigError } from '../config.ts'
import { explain } from './explain.ts'

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

/** Each loads what it needs when it is asked for: a token should not wait for the server's parts. */
const COMMANDS: Partial<Record<string, (args: readonly string[], env: Env) => Promise<void>>> = {
  serve: async (args, env) => {
    requireNone('serve', args)
    await (await import('./serve.ts')).serve(env)
  },
  token: async (args, env) => (await import('./token.ts')).printToken([...args], env),
  seed: async (args, env) => (await import('./seed.ts')).seed([...args], env),
  backup: async (args, env) => (await import('./backup.ts')).backUp([...args], env),
  doctor: async (args, env) => {
    requireNone('doctor', args)
    await (await import('./doctor.ts')).examine(env)
  },
}

const HELP_WORDS = ['help', '--help', '-h']
/** Files hold secrets and what people have written: they are for this user alone. */
const PRIVATE = 0o077

function requireNone(command: string, [unknown]: readonly string[]): void {
  if (unknown !== undefined) {
    throw new UsageError(
      `parley ${command} takes no '${unknown}': settings come from the environment.\n\n${HELP}`,
    )
  }
}

/** A mistake of whoever typed the command; the text says what to do. */
export class UsageError extends Error {}

/** Exit status 2 for wrong settings and arguments, 1 for what fails later. */
export async function runCommand(args: readonly string[], env: Env): Promise<void> {
  const [command = 'serve', ...rest] = args
  process.umask(PRIVATE)
  try {
    if (HELP_WORDS.includes(command) || rest.some((word) => word === '--help' || word === '-h')) {
      process.stdout.write(HELP)
      return
    }
    const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
    if (run) await run(rest, env)
    else throw new UsageError(`There is no command '${command}'.\n\n${HELP}`)
  } catch (error) {
    report(error, env)
  }
}

function report(error: unknown, env: Env): void {
  if (error instanceof ConfigError) {
    process.stderr.write(`Parley cannot start, ${error.message}:\n`)
    for (const mistake of error.mistakes) process.stderr.write(`  ${mistake}\n`)
    process.exitCode = 2
  } else if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  } else {
    const database = readDatabase(createSetting(env, []))
    process.stderr.write(`Parley stopped: ${explain(error, database)}\n`)
    process.exitCode = 1
  }
}
