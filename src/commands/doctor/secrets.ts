// Secrets that somebody has chosen himself.
import type { Config } from '../../config.ts'
import { type Finding, warning } from './finding.ts'

/** Shorter ones can be found by trying. */
const ENOUGH_CHARACTERS = 16

export function checkSecrets({ pins }: Config): Finding[] {
  const chosen = { PARLEY_AUTH_TOKEN: pins.authToken, PARLEY_API_KEY_SECRET: pins.apiKeySecret }
  return Object.entries(chosen).flatMap(([name, secret]) =>
    secret === undefined || secret.length >= ENOUGH_CHARACTERS
      ? []
      : [
          warning(
            'secrets',
            `${name} has ${secret.length} characters`,
            `Choose one of at least ${ENOUGH_CHARACTERS}, such as the output of "openssl rand -hex 16"; clients and back ends need it, too.`,
          ),
        ],
  )
}
