import type { Identity } from '../chat/accounts.ts'

/** Prints what was made just now: the only time that secrets are shown, past the log on purpose. */
export function showSecretsOnce({ account, apiKey, made }: Identity): void {
  const lines = [
    made.accountSid && `  PARLEY_ACCOUNT_SID=${account.sid}`,
    made.authToken && `  PARLEY_AUTH_TOKEN=${account.authToken}`,
    made.apiKeySid && `  PARLEY_API_KEY_SID=${apiKey.sid}`,
    made.apiKeySecret && `  PARLEY_API_KEY_SECRET=${apiKey.secret}`,
  ].filter((line) => line !== false)
  if (lines.length === 0) return
  process.stdout.write(
    `\nMade for this installation and kept in its database. Shown only now:\n\n${lines.join('\n')}\n\n`,
  )
}
