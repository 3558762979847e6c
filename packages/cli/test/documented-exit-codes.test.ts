// Every code of docs/errors.md has the exit code that somebody meant it to have.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { exitCodeOf } from '../src/exit-code.ts'

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/errors.md'), 'utf8')
const documented = [...page.matchAll(/^\| `([a-z0-9.-]+)` \|/gm)].map(([, code = '']) => code)

/** What a namespace means by itself. */
const BY_NAMESPACE: Readonly<Record<number, string>> = {
  1: `api block contacts directory disclosure encoding envelope erasure evidence export fhir file frame genesis governance grant
    identity import json keyring keystore letter network node part2 passphrase proposal protocol query record records replica
    requests research rotation round-change snapshot subject tx validator vote`,
  2: 'config search usage words',
  3: 'emergency consent guardian recover request',
  6: 'audit backup card certificate clock leg proof recovery release share state storage store ticket vault wal',
}

/** Codes that mean something else than the rest of their namespace. */
const BY_CODE: Readonly<Record<number, string>> = {
  1: `emergency.ended emergency.exists emergency.reviewed audit.write-failed backup.exists backup.home-taken backup.interrupted grant.list-unknown guardian.exists
    guardian.unchanged recover.custodians storage.full storage.locked storage.write-failed`,
  2: `consent.inactive consent.malformed consent.part2-file consent.unsupported emergency.duration backup.in-home backup.newer-format block.too-large encoding.too-large export.other-patient records.of-dispute genesis.fingerprint governance.bad-parameters
    governance.no-effect governance.wrong-version guardian.document guardian.period identity.did keystore.version letter.too-large network.too-large
    passphrase.missing protocol.unsupported record.too-large recover.delay recover.digits
    recover.threshold recovery.height recovery.unconfirmed request.too-large snapshot.too-large storage.newer-format storage.old-format`,
  3: `audit.not-chart chart.taken-over certificate.bad-signature directory.denied disclosure.signature erasure.held erasure.not-author erasure.not-chart
    erasure.not-institution file.denied
    directory.attestation directory.institution-only directory.other-sponsor directory.staff-only
    governance.not-validator
    identity.not-author identity.not-chart identity.not-institution identity.not-sponsor identity.rotated identity.rotation identity.suspended
    identity.unproven-key import.author import.erased records.not-author records.dispute-part2 records.own-record keyring.wrong-key keystore.wrong-passphrase rotation.giver recovery.has-memory requests.not-staff research.not-staff
    research.small-cohort round-change.bad-signature tx.bad-signature vote.bad-signature`,
  4: `emergency.no-charts emergency.unknown account.not-found audit.unknown-anchor backup.missing batch.not-found block.not-found chart.not-found consent.unknown-grant
    consent.no-copy consent.unknown-grantee contact.not-found directory.unknown disclosure.unknown erasure.not-found erasure.unknown erasure.unknown-hold erasure.unknown-record evidence.unknown-validator
    file.missing file.not-found genesis.missing governance.unknown-member governance.unknown-proposal guardian.unknown identity.not-found
    identity.unknown keystore.missing network.not-found record.erased record.not-found recover.no-share recover.unknown
    records.unknown-chart records.unknown-record records.unknown-successor requests.unknown share.missing subject.unknown ticket.missing tx.not-found tx.unknown-kind vault.missing vote.unknown-signature`,
  5: `emergency.early audit.not-ready disclosure.stale import.holders network.timeout network.unreachable node.closing
    node.not-ready node.timeout node.unreachable proof.stale recover.not-ready share.too-few snapshot.unavailable storage.block-awaited storage.block-pruned
    vault.erasing vault.unavailable`,
  6: `contacts.damaged envelope.mismatch export.damaged genesis.damaged genesis.mismatch grant.envelope-damaged
    grant.key-mismatch keyring.damaged keystore.damaged letter.damaged network.mismatch record.ciphertext-damaged
    record.commitment-mismatch record.envelope-damaged record.file-mismatch record.key-mismatch recover.envelope
    recover.share
    request.payload`,
  7: `backup.moved-on import.busy import.waiting mempool.account-busy mempool.full mempool.institution-busy network.refused node.busy
    recover.early request.busy requests.blocked requests.limit`,
}

const numbersOf = (table: Readonly<Record<number, string>>): Map<string, number> =>
  new Map(
    Object.entries(table).flatMap(([number, names]) =>
      names
        .split(/\s+/)
        .filter(Boolean)
        .map((name) => [name, Number(number)] as const),
    ),
  )

const byCode = numbersOf(BY_CODE)
const byNamespace = numbersOf(BY_NAMESPACE)
const namespaceOf = (code: string): string => code.split('.')[0] ?? ''

test('every documented code ends a command with the number that is meant', () => {
  ok(documented.length > 250)
  const lacking = documented.filter((code) => !byCode.has(code) && !byNamespace.has(namespaceOf(code)))
  equal(lacking, [], 'a new namespace needs a row here')
  const wrong = documented
    .map((code) => [code, exitCodeOf(code), byCode.get(code) ?? byNamespace.get(namespaceOf(code))] as const)
    .filter(([, actual, expected]) => actual !== expected)
  equal(wrong, [])
})

test('the exceptions are codes that exist', () => {
  equal(
    [...byCode.keys()].filter((code) => !documented.includes(code)),
    [],
  )
})

test.run()
