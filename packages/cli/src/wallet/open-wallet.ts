import type { CommandContext } from '../command-context.ts'
import type { Wallet } from './wallet.ts'

export const openWallet = async (context: CommandContext): Promise<Wallet> => ({ home: context.options.home })
