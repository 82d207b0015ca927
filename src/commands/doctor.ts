import { type Config, ConfigError, readConfig } from '../config.ts'
import { type Finding, messageOf, ok, problem } from './doctor/finding.ts'
import { checkFolders, checkNode } from './doctor/machine.ts'
import { checkPublicUrl } from './doctor/network.ts'
import { checkSecrets } from './doctor/secrets.ts'
import { checkDatabase } from './doctor/storage.ts'

const SIGNS = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' }

/** Checks the installation and prints what is well and what to mend. Exit status 1 when there is a problem. Changes nothing. */
export async function examine(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const findings: Finding[] = [checkNode()]
  try {
    const config = readConfig(env)
    findings.push(ok('settings', 'all can be read'), ...checkSecrets(config))
    findings.push(...(await examineInstallation(config)))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const mistake of error.mistakes) {
      findings.push(
        problem('settings', mistake, 'Correct the variable; docs/configuration.md lists them all.'),
      )
    }
  }
  for (const finding of findings) process.stdout.write(print(finding))
  const count = findings.filter(({ level }) => level === 'problem').length
  process.stdout.write(count === 0 ? '\nNothing is in the way.\n' : `\nTo mend: ${count}\n`)
  if (count > 0) process.exitCode = 1
}

async function examineInstallation(config: Config): Promise<Finding[]> {
  const checks = [() => checkFolders(config), () => checkDatabase(config), () => checkPublicUrl(config)]
  const findings: Finding[] = []
  for (const check of checks) {
    try {
      findings.push(...(await check()))
    } catch (error) {
      findings.push(problem('check', messageOf(error), 'This should not happen; please report it.'))
    }
  }
  return findings
}

function print({ level, subject, text, mend }: Finding): string {
  const advice = mend === undefined ? '' : `${' '.repeat(10)}→ ${mend}\n`
  return `${SIGNS[level]}${subject}: ${text}\n${advice}`
}
