import type { CommandContext } from '../command-context.ts'
import { fail } from '../command-error.ts'

/** `usage.conflict` under --no-verify, for what rests on proofs: a check, or keys for somebody. */
export const refuseUnproven = ({ options }: Pick<CommandContext, 'options'>): void => {
  if (!options.verify)
    fail(
      'usage.conflict',
      'This rests on what the chain proves, and --no-verify takes it on the node’s word.',
    )
}
