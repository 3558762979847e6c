import { bytes, list, struct, uint } from '../../encoding/index.ts'
import { genesisMemberSchema, parametersSchema } from '../../ledger/genesis.ts'
import { table } from '../../state/table.ts'
import { validatorSetSchema } from '../../validators/validator-set.ts'

/** Institutions by account id, as their genesis entry describes them. */
export const members = table('governance.member', genesisMemberSchema)

/** Account ids of all institutions, in the order of admission. */
export const memberOrder = table('governance.member-order', list(bytes(32), 256))

/** The validators of the next block. */
export const validators = table('governance.validators', validatorSetSchema)

export const parameters = table('governance.parameters', parametersSchema)

/** Reserved for the validators that are passed over as proposers, with the block time their back-off ends. */
export const skippedProposers = table(
  'governance.skipped-proposers',
  list(
    struct<{ readonly institution: Uint8Array; readonly untilMs: number }>({
      institution: bytes(32),
      untilMs: uint(),
    }),
    256,
  ),
)
