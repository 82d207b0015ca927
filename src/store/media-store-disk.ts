// Media as files in a folder: one for each medium, under its service and the last two digits of its sid.
import { createWriteStream } from 'node:fs'
import { access, constants, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { MediaKey, MediaStore } from './media-store.ts'

/** Holds what is being written. It is part of the same folder, so that a finished file only changes its name. */
const UNFINISHED = 'unfinished'

export function openDiskStore(folder: string): MediaStore {
  const finished = ({ serviceSid, sid }: MediaKey): string => join(folder, serviceSid, sid.slice(-2), sid)
  const unfinished = ({ sid }: MediaKey): string => join(folder, UNFINISHED, sid)
  return {
    async write(key, content) {
      const part = unfinished(key)
      try {
        await mkdir(dirname(part), { recursive: true })
        await pipeline(content, createWriteStream(part, { flags: 'wx', flush: true }))
        await moveDurably(folder, part, finished(key))
      } catch (error) {
        content.destroy()
        await removeFile(part)
        throw error
      }
    },
    remove: (key) => removeFile(finished(key)),
    async removeUnfinished(key) {
      await removeFile(unfinished(key))
      await removeFile(finished(key))
    },
    async check() {
      await mkdir(join(folder, UNFINISHED), { recursive: true })
      await access(join(folder, UNFINISHED), constants.W_OK)
      await syncFolder(dirname(folder))
    },
    close() {},
    delivery: {
      kind: 'stream',
      async read(key, start, end) {
        const file = await openIfThere(finished(key))
        return file?.createReadStream({ start, end })
      },
    },
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Renames, and puts the new name on disk: a file without its name would be lost with the power. */
async function moveDurably(root: string, from: string, to: string): Promise<void> {
  const made = await mkdir(dirname(to), { recursive: true })
  await rename(from, to)
  let folder = dirname(to)
  await syncFolder(folder)
  // New folders are names in those above them.
  while (made && folder !== root) {
    folder = dirname(folder)
    await syncFolder(folder)
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Where there is not even a folder, there is no file. */
async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTDIR') throw error
  })
}
