import {
  defaultPageSize,
  defaultSort,
  type OutboxSort,
  type OutboxView,
  type Preferences,
} from '@portal-outbox/contracts';
import { firstView, type ReadScope } from './visibility.ts';

/** What a visit opens that asks for nothing in particular. */
export interface Visit {
  view: OutboxView;
  sort: OutboxSort;
  pageSize: number;
}

/** As the user left it, on whichever machine; what was never chosen is as on a first visit (M5). */
export function visitOf(scope: ReadScope, preferences: Preferences): Visit {
  return {
    view: preferences.view ?? firstView(scope),
    sort: preferences.sort ?? defaultSort,
    pageSize: preferences.pageSize ?? defaultPageSize,
  };
}
