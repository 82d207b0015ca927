// The channels of the demo service, and what is said in them.
import { customers, staff } from './people.ts'

export type Room = {
  uniqueName: string
  friendlyName: string
  type: 'public' | 'private'
  topic: string
  identities: readonly string[]
  /** Said in turns: the first line by the first speaker, and so on. */
  speakers: readonly string[]
  lines: readonly string[]
}

const everyone = staff.map(({ identity }) => identity)

const team: readonly Room[] = [
  {
    uniqueName: 'general',
    friendlyName: 'General',
    type: 'public',
    topic: 'Everything that concerns all of us',
    identities: everyone,
    speakers: everyone,
    lines: [
      'Good morning! The spring catalogue goes live at noon.',
      'Morning. I have moved the opening hours to the new page.',
      'The courier comes an hour earlier today, please pack the small orders first.',
      'Will do. Two pallets are still at customs.',
      'The search on the site is twice as fast since last night.',
      'I can feel it, thank you!',
      'Lunch at the Turkish place, who is in?',
      'Me. And I owe you one from Friday.',
      'Same here.',
      'Reminder: planning at three.',
    ],
  },
  {
    uniqueName: 'engineering',
    friendlyName: 'Engineering',
    type: 'private',
    topic: 'Site, app and everything with a plug',
    identities: ['dev', 'elif', 'amara'],
    speakers: ['dev', 'elif'],
    lines: [
      'The checkout error rate is back to normal after the rollback.',
      'Found it: the tax table had no row for books.',
      'Ha. I will add a test for every category.',
      'Review is up, it is small.',
      'Approved. Shall we ship it before lunch?',
      'Yes, I watch the graphs.',
      'p95 is at 180 ms, looks good.',
      'Nice. Closing the incident.',
    ],
  },
  {
    uniqueName: 'warehouse',
    friendlyName: 'Warehouse',
    type: 'public',
    topic: 'Stock, parcels, returns',
    identities: ['chiara', 'ben', 'amara'],
    speakers: ['chiara', 'ben', 'amara'],
    lines: [
      'We have 14 of the green lamps left.',
      'Can I promise three of them for Thursday?',
      'Yes, if the order comes in before four.',
      'A parcel came back without a name, number ends with 7731.',
      'That is the one from Porto, I will call.',
      'The label printer is out of paper again.',
      'There is a box below the second shelf.',
    ],
  },
]

const QUESTIONS: readonly (readonly string[])[] = [
  [
    'Hi, my order 10482 has not moved for three days.',
    'Hello! Let me look. It was held for an address check; I have released it just now.',
    'Thank you. When will it arrive?',
    'Tomorrow before noon. You get a message when it is on the van.',
    'It is here already. Great service!',
  ],
  [
    'The lamp flickers when I dim it. Is that normal?',
    'Not below ten per cent, but it should be steady above. Which dimmer do you use?',
    'An old one that was in the flat.',
    'That is it, then: it needs one for LED. I send you one with the next parcel, free of charge.',
    'Wow, thanks a lot!',
  ],
  [
    'Can I change the size of the shelf after ordering?',
    'Yes, as long as it is not cut. Which size would you like?',
    '120 cm instead of 90.',
    'Done. The difference is 18 euros, the new invoice is in your account.',
  ],
  [
    'I would like to return the chair.',
    'Sorry to hear that. Is something wrong with it?',
    'No, it is just too high for our table.',
    'I have sent you a label. The lower one is in stock, shall I reserve it?',
    'Yes please.',
    'Reserved until Friday.',
  ],
  [
    'Do you ship to the Azores?',
    'We do, it takes about nine days.',
    'And what does it cost?',
    'Up to 5 kg it is 14 euros, above that I would ask the courier for you.',
  ],
]

const tickets: readonly Room[] = customers.map(({ identity, friendlyName }, i) => {
  const agent = i % 2 === 0 ? 'amara' : 'ben'
  return {
    uniqueName: `support-${1041 + i}`,
    friendlyName: `Support: ${friendlyName}`,
    type: 'private' as const,
    topic: 'Question of a customer',
    identities: [identity, agent],
    speakers: [identity, agent],
    lines: QUESTIONS[i % QUESTIONS.length] ?? [],
  }
})

export const rooms: readonly Room[] = [...team, ...tickets]
