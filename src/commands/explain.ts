// What ended the program, in words that say what to do next.
import type { DatabaseSettings } from '../store/open.ts'

type Cause = Error & {
  code?: string
  address?: string
  port?: number
  errcode?: number
  hostname?: string
  /** Of a file or folder, where it is one that could not be made. */
  path?: string
}

/** SQLite's result codes; the lower byte is the primary one. */
const SQLITE = { cannotOpen: 14, readOnly: 8, notADatabase: 26 } as const

/** One line or two for whoever started the program. No password is in it: of PostgreSQL's URL nothing is told. */
export function explain(error: unknown, database: DatabaseSettings): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause : undefined
  if (cause && (cause as Cause).code === 'ENOTFOUND') {
    return `${error.message}: there is no host of that name. Correct DATABASE_URL, where characters like @ / # of a password are percent-encoded.`
  }
  return (
    explainListening(error) ??
    explainFile(error, database) ??
    (cause ? `${error.message} (${cause.message})` : error.message)
  )
}

function explainListening({ code, address, port, hostname, message }: Cause): string | undefined {
  if (code === 'EADDRINUSE') return `${address}:${port} is in use. Stop what listens there, or set PORT.`
  if (code === 'EACCES' && message.startsWith('listen')) {
    return `This user may not listen on port ${port}. Set PORT to one from 1024 on, and let a reverse proxy have ${port}.`
  }
  if (code === 'EADDRNOTAVAIL')
    return `This machine has no address ${address}. Correct HOST: 127.0.0.1, or 0.0.0.0 for all.`
  if (code === 'ENOTFOUND' && message.startsWith('getaddrinfo') && hostname !== undefined) {
    return `There is no host ${hostname}. Correct HOST.`
  }
  return undefined
}

function explainFile(error: Error, database: DatabaseSettings): string | undefined {
  const { errcode, message } = (error.cause instanceof Error ? error.cause : error) as Cause
  const { code, path } = error as Cause
  const file = path ?? (database.engine === 'sqlite' ? database.path : 'The file')
  const isOurs = errcode !== undefined || (code !== undefined && /^E(EXIST|NOTDIR|ACCES|ROFS)$/.test(code))
  if (!isOurs) return undefined
  if (message === 'database is locked') {
    return 'The database is locked: another program holds the file of DATABASE_URL. Stop it, then start again.'
  }
  switch ((errcode ?? SQLITE.cannotOpen) & 0xff) {
    case SQLITE.cannotOpen:
      return `${file} cannot be opened (${message}). Is it a file in a folder where this user may write? Correct the folder, or set DATABASE_URL and PARLEY_DATA_DIR.`
    case SQLITE.readOnly:
      return `${file} cannot be written (${message}). Give this user the right to write the file and its folder, or set DATABASE_URL.`
    case SQLITE.notADatabase:
      return `${file} is no database (${message}). Set DATABASE_URL to Parley's file, or to one that does not exist yet.`
    default:
      return undefined
  }
}
