import { decodeFrame } from '../consensus/messages.ts'
import { validatorIndexOf } from '../validators/validator-set.ts'
import { answerBodies } from './answer-bodies.ts'
import { considerCheckpoint, onCheckpointed } from './checkpoint.ts'
import type { PeerId, TimerName } from './effects.ts'
import type { ReplicaInput } from './inputs.ts'
import { onHoldTimer } from './run-engine.ts'
import { type ReplicaScope, takeTimer, tellEngine } from './scope.ts'
import { onBundleTimer } from './spreading.ts'
import {
  onCommittedBlock,
  onDecidedFrame,
  onSyncFailed,
  onSyncRequest,
  onSyncResponse,
  onSyncTimer,
  pump,
} from './syncing.ts'
import { onBundle, onSubmit } from './transactions.ts'
import { onBodies, onBodiesTimer } from './wanted-blocks.ts'

const onBundleFrame = (scope: ReplicaScope, from: PeerId, bundle: Uint8Array): void => {
  if (onBundle(scope, bundle) === 'reject')
    scope.out.push({ type: 'misbehaved', peer: from, code: 'frame.bad-bundle' })
}

const onFrame = (scope: ReplicaScope, from: PeerId, bytes: Uint8Array): void => {
  const frame = decodeFrame(bytes)
  if (!frame.ok) scope.out.push({ type: 'misbehaved', peer: from, code: frame.code })
  else if (frame.value.type === 'decided') onDecidedFrame(scope, from, frame.value.committed)
  else if (frame.value.type === 'bodies-request') answerBodies(scope, from, frame.value)
  else if (frame.value.type === 'bodies') onBodies(scope, from, frame.value)
  else if (frame.value.type === 'bundle') onBundleFrame(scope, from, frame.value.bundle)
  else tellEngine(scope, { type: 'message', message: frame.value, from })
}

const onTimer = (scope: ReplicaScope, name: TimerName): void => {
  if (name === 'round') scope.pace.timedOut(scope.nowMs, scope.engine.view().hasBlock)
  if (name === 'round' || name === 'resend') tellEngine(scope, { type: 'timer', name })
  else if (name === 'hold') onHoldTimer(scope)
  else if (name === 'bundle') onBundleTimer(scope)
  else if (name === 'bodies') onBodiesTimer(scope)
  else if (name === 'sync') onSyncTimer(scope)
  else if (name === 'checkpoint') considerCheckpoint(scope)
}

const onPeerUp = (scope: ReplicaScope, peer: PeerId, institution: Uint8Array | undefined): void => {
  scope.memory.peers.set(peer, institution)
  scope.fetcher.peerUp(peer)
  pump(scope)
  const isValidator = institution && validatorIndexOf(scope.chain.head().validators, institution) >= 0
  if (isValidator) tellEngine(scope, { type: 'peer', peer })
}

const onPeerDown = (scope: ReplicaScope, peer: PeerId): void => {
  scope.memory.peers.delete(peer)
  scope.memory.answeredAtMs.delete(peer)
  scope.memory.bodiesServed.delete(peer)
  scope.fetcher.peerDown(peer)
  pump(scope)
}

/** Takes an input to the part that it is for. */
export const dispatch = (scope: ReplicaScope, input: Exclude<ReplicaInput, { type: 'start' }>): void => {
  if (input.type === 'frame') onFrame(scope, input.from, input.bytes)
  else if (input.type === 'gossip') {
    const take =
      input.topic === 'bundles'
        ? onBundle(scope, input.bytes)
        : onCommittedBlock(scope, input.from, input.bytes)
    scope.out.push({ type: 'gossip-verdict', token: input.token, verdict: take })
  } else if (input.type === 'sync-request') onSyncRequest(scope, input.token, input.bytes)
  else if (input.type === 'sync-response') onSyncResponse(scope, input.from, input.token, input.bytes)
  else if (input.type === 'sync-failed') onSyncFailed(scope, input.from, input.token, 'sync.no-answer')
  else if (input.type === 'submit') onSubmit(scope, input.token, input.bytes)
  else if (input.type === 'timer') {
    if (takeTimer(scope, input.name, input.id)) onTimer(scope, input.name)
  } else if (input.type === 'peer-up') onPeerUp(scope, input.peer, input.institution)
  else if (input.type === 'peer-down') onPeerDown(scope, input.peer)
  else onCheckpointed(scope, input.height)
}
