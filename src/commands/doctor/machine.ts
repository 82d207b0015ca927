// Node.js, disk and folders.
import { constants, existsSync } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Config } from '../../config.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const LOW_BYTES = 1e9
const FULL_BYTES = 1e8

export function checkNode(): Finding {
  return ok('Node.js', process.version)
}

/** The folders that Parley writes to. */
export async function checkFolders({ dataDir, database }: Config): Promise<Finding[]> {
  const folders = new Set([resolve(dataDir)])
  if (database.engine === 'sqlite' && database.path !== ':memory:')
    folders.add(resolve(dirname(database.path)))
  const findings: Finding[] = []
  for (const folder of folders) findings.push(await checkFolder(folder))
  return findings
}

async function checkFolder(folder: string): Promise<Finding> {
  const existing = nearestExisting(folder)
  try {
    await access(existing, constants.W_OK | constants.X_OK)
  } catch {
    return problem(
      'disk',
      `${existing} is not writable by this user`,
      `Give this user the right to write there, or choose another folder with PARLEY_DATA_DIR or DATABASE_URL.`,
    )
  }
  const { bavail, bsize } = await statfs(existing)
  const free = bavail * bsize
  const text = `${gigabytes(free)} free for ${folder}`
  if (free < FULL_BYTES) {
    return problem('disk', text, 'Free some space now: without it, nothing can be stored.')
  }
  return free < LOW_BYTES ? warning('disk', text, 'Free some space soon.') : ok('disk', text)
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder))
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
