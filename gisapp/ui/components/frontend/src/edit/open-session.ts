import type { DeskHost } from '../parts'
import { LocalFabric } from './fabric'
import { EditSession, type SessionEvents } from './session'
import type { DraftBody, FabricAnswer } from './types'

/** Read the parcels around one of the branch that is shown, and begin to edit there, or go on with a draft. */
export async function openSession(desk: DeskHost, id: string, events: SessionEvents, draft: { id: string; body: DraftBody } | null): Promise<EditSession> {
  const { api, model, data } = desk
  const { branch } = model
  const answer = await api.get<FabricAnswer>('/edit/fabric', { branch, parcel_id: id })
  const crs = data.workspace.crs ?? 'EPSG:4549'
  return new EditSession(api, branch, draft?.body.seen ?? answer.revision, LocalFabric.of(answer.parcels), crs, () => model.rulebook, events, id, draft)
}
