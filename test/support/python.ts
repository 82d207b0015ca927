// The vendor's library for Python where the machine has it (Debian: python3-twilio); its tests are left out where it has none.
import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const PLACES = [process.env.PARLEY_TEST_PYTHON, '/usr/bin/python3', 'python3'].filter(
  (place) => place !== undefined,
)
const SCRIPT = join(import.meta.dirname, 'python_library.py')

const python = PLACES.find((place) => spawnSync(place, ['-c', 'import twilio.rest']).status === 0)

/** For `test.skipIf`. */
export const hasNoPythonLibrary: boolean = python === undefined

/** What a command of `python_library.py` prints. Fails with its traceback when an assertion of it does. */
export async function runPythonLibrary(command: string, ...args: string[]): Promise<string> {
  if (python === undefined) throw new Error(`${PLACES.join(', ')}: none has the package twilio`)
  const { stdout } = await promisify(execFile)(python, ['-W', 'ignore', SCRIPT, command, ...args])
  return stdout.trim()
}
