import type { CommandContext } from '../../command-context.ts'
import type { Identity } from '../../wallet/identity.ts'
import type { CommandInput } from '../command-spec.ts'

/** The identity that the first argument names, or the one in use. */
export const chosenIdentity = async (context: CommandContext, input: CommandInput): Promise<Identity> => {
  const wallet = await context.wallet()
  const [name] = input.args
  return name === undefined ? wallet.current() : wallet.find(name)
}
