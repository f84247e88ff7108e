import type { Bounds } from '../../bounds/bounds.ts';
import type { EnsembleView } from '../../ensemble-report/ensemble-view.ts';

/** What the window needs of the ensemble. */
export interface WindowView {
  readonly ensemble: EnsembleView;
  readonly bounds: Pick<Bounds, 'windowRequests' | 'windowPageSessions'>;
}
