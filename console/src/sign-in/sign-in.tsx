import {
  Alert,
  Anchor,
  Button,
  Card,
  Center,
  Code,
  Group,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { explain, queryClient } from '../api/queries.ts'
import { ApiError, type Form, post } from '../api/request.ts'

const EXPIRED =
  'This link has been used already, or its ten minutes are over. Sign in with the account instead.'

/** With account SID and token, or at once with the code of a one-time link. */
export function SignIn(): ReactNode {
  useDocumentTitle('Sign in · Parley')
  const [fault, setFault] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const signIn = async (form: Form, refusal: string): Promise<void> => {
    setBusy(true)
    try {
      await post('/parley/v1/Session', form)
      await queryClient.resetQueries()
    } catch (error) {
      setFault(error instanceof ApiError && error.status === 401 ? refusal : explain(error))
    } finally {
      setBusy(false)
    }
  }
  useCodeOfLink((code) => void signIn({ Code: code }, EXPIRED))
  return (
    <Center mih="90vh" p="md" component="main">
      <Card withBorder w="100%" maw={400} padding="lg">
        <Stack gap="md">
          <Group gap="xs">
            <img src="/console/parley.svg" width={26} height={26} alt="" />
            <Title order={1}>Parley</Title>
          </Group>
          {fault && (
            <Alert color="red" role="alert">
              {fault}
            </Alert>
          )}
          <AccountForm
            busy={busy}
            onSubmit={(form) => void signIn(form, 'No such account, or another token.')}
          />
          <Text size="xs" c="dimmed">
            The first start printed both as <Code>PARLEY_ACCOUNT_SID</Code> and <Code>PARLEY_AUTH_TOKEN</Code>
            . Lost them? <Code>parley doctor</Code> shows the first; start with a new one of the second.{' '}
            <Anchor size="xs" underline="always" href="/openapi.json">
              API description
            </Anchor>
          </Text>
        </Stack>
      </Card>
    </Center>
  )
}

function AccountForm({ busy, onSubmit }: { busy: boolean; onSubmit(form: Form): void }): ReactNode {
  const form = useForm({
    initialValues: { sid: '', token: '' },
    validate: {
      sid: (sid) => (/^AC[0-9a-fA-F]{32}$/.test(sid.trim()) ? null : 'AC and 32 hex digits'),
      token: (token) => (token === '' ? 'The token is needed' : null),
    },
  })
  const submit = form.onSubmit(({ sid, token }) =>
    onSubmit({ AccountSid: sid.trim(), AuthToken: token.trim() }),
  )
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label="Account SID"
          placeholder="AC…"
          autoComplete="username"
          {...form.getInputProps('sid')}
        />
        <PasswordInput
          label="Auth token"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
          {...form.getInputProps('token')}
        />
        <Button type="submit" size="sm" loading={busy}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}

/** Takes the code out of the address at once: it is of no use a second time. */
function useCodeOfLink(use: (code: string) => void): void {
  const used = useRef(false)
  useEffect(() => {
    const code = new URLSearchParams(window.location.hash.slice(1)).get('code')
    if (!code || used.current) return
    used.current = true
    window.history.replaceState(null, '', window.location.pathname)
    use(code)
  })
}
