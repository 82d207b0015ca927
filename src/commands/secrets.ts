import type { Identity } from '../chat/accounts.ts'

/** Prints the secrets made just now: the only time they are shown, past the log on purpose. */
export function showSecretsOnce({ account, apiKey, made }: Identity): void {
  const lines: string[] = []
  if (made.authToken) {
    lines.push(`  PARLEY_ACCOUNT_SID=${account.sid}`, `  PARLEY_AUTH_TOKEN=${account.authToken}`)
  }
  if (made.apiKeySecret) {
    lines.push(`  PARLEY_API_KEY_SID=${apiKey.sid}`, `  PARLEY_API_KEY_SECRET=${apiKey.secret}`)
  }
  if (lines.length === 0) return
  process.stdout.write(
    `\nMade for this installation and kept in its database. Shown only now:\n\n${lines.join('\n')}\n\n`,
  )
}
