// The numbers of the family 521xx under which the log of pushes says what went wrong with a provider (rest-v2.md, appendix A).

/** Of Google's, and of browsers' own push, which has no numbers of its own. */
export const fcmCodes = {
  keyInvalid: 52101,
  badToken: 52102,
  uninstalled: 52103,
  senderMismatch: 52104,
  badMessage: 52106,
  rateExceeded: 52108,
  authenticationFailed: 52109,
  unavailable: 52110,
} as const

export const apnsCodes = {
  badCredentials: 52131,
  tokenMissing: 52133,
  tokenOfOtherTopic: 52134,
  tooLarge: 52138,
  unregistered: 52141,
  badToken: 52142,
  rejected: 52143,
  authenticationFailed: 52145,
  unavailable: 52149,
} as const
