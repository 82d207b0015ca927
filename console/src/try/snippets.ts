// The code that a reader would put into their own app.

export type SnippetFacts = {
  account: string
  service: string
  channel: string
  identity: string
  url: string
  socket: string
  token: string
}

export type Snippet = { title: string; note: string; code(facts: SnippetFacts): string }

export const snippets: readonly Snippet[] = [
  {
    title: 'Browser',
    note: 'npm install twilio-chat@6. The token is fresh and lasts an hour.',
    code: ({ socket, channel, token }) => `import { Client } from 'twilio-chat'

const token = '${token}'
const client = await Client.create(token, {
  Twilsock: { uri: '${socket}' }, // the only line that is new
})

const channel = await client.getChannelBySid('${channel}')
channel.on('messageAdded', ({ author, body }) => console.log(\`\${author}: \${body}\`))
channel.on('typingStarted', ({ identity }) => console.log(\`\${identity} is typing\`))
await channel.sendMessage('Hello from my app')
`,
  },
  {
    title: 'Back end',
    note: 'npm install twilio. Signs tokens just as before; key and secret were printed at the first start.',
    code: ({ account, service, identity }) => `import twilio from 'twilio'

const { AccessToken } = twilio.jwt
const token = new AccessToken(
  '${account}',
  process.env.PARLEY_API_KEY_SID,
  process.env.PARLEY_API_KEY_SECRET,
  { identity: ${JSON.stringify(identity)} },
)
token.addGrant(new AccessToken.ChatGrant({ serviceSid: '${service}' }))
console.log(token.toJwt())
`,
  },
  {
    title: 'REST',
    note: 'npm install twilio. Other helper libraries: give them the same base URL.',
    code: ({ account, service, channel, identity, url }) => `import twilio from 'twilio'

const client = twilio('${account}', process.env.PARLEY_AUTH_TOKEN)
client.chat.baseUrl = '${url}' // the only line that is new

const channel = client.chat.v2.services('${service}').channels('${channel}')
await channel.messages.create({ from: ${JSON.stringify(identity)}, body: 'Hello from my back end' })
for (const { from, body } of await channel.messages.list({ limit: 20 })) console.log(\`\${from}: \${body}\`)
`,
  },
  {
    title: 'curl',
    note: 'Needs nothing but the account.',
    code: ({ account, service, channel, identity, url }) => `curl -u '${account}':"$PARLEY_AUTH_TOKEN" \\
  '${url}/v2/Services/${service}/Channels/${channel}/Messages' \\
  --data-urlencode ${quote(`From=${identity}`)} \\
  --data-urlencode 'Body=Hello from the shell'
`,
  },
]

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
