// Copies of the embedded database, made while the server runs.
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'

/** In one step: a copy in several would start over whenever the server writes in between. */
const ALL_PAGES = 2_147_483_647

/**
 * Writes a consistent copy of the database at `path` to `target` and returns its size in bytes; `target` appears only when the
 * copy is whole and has passed SQLite's own check. Throws when the copy fails its check.
 */
export async function backupSqlite(path: string, target: string): Promise<number> {
  const unfinished = `${target}.part`
  await rm(unfinished, { force: true })
  const source = new DatabaseSync(path, { readOnly: true, timeout: 10_000 })
  try {
    await backup(source, unfinished, { rate: ALL_PAGES })
    const size = checkCopy(unfinished)
    await rename(unfinished, target)
    return size
  } finally {
    source.close()
    for (const rest of ['', '-wal', '-shm'])
      if (existsSync(unfinished + rest)) await rm(unfinished + rest, { force: true })
  }
}

function checkCopy(path: string): number {
  const copy = new DatabaseSync(path)
  try {
    const row = copy.prepare('pragma quick_check(1)').get() as { quick_check: string }
    if (row.quick_check !== 'ok') throw new Error(`The copy is damaged: ${row.quick_check}`)
    // A file of its own, without a log beside it, can be moved anywhere.
    copy.exec('pragma journal_mode = delete')
    const { bytes } = copy
      .prepare('select page_count * page_size as bytes from pragma_page_count, pragma_page_size')
      .get() as { bytes: number }
    return bytes
  } finally {
    copy.close()
  }
}
