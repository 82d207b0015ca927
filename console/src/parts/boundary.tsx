import { Alert, Button, Group, Text } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { IconAlert } from './icons.tsx'

type BoundaryProps = { address: string; children: ReactNode }

/** Keeps a screen that fails from taking the others with it: another address is tried anew. */
export class Boundary extends Component<BoundaryProps, { error: unknown }> {
  override state = { error: null }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (before.address !== this.props.address && this.state.error !== null) this.setState({ error: null })
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <Alert color="red" role="alert" icon={<IconAlert size={18} />} title="This screen has failed" m="md">
        <Group justify="space-between">
          <Text size="sm">{String(error)}</Text>
          <Button variant="default" onClick={() => window.location.reload()}>
            Load it anew
          </Button>
        </Group>
      </Alert>
    )
  }
}
