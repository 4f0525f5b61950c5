// The audit of a run on its page.
import type { AuditFile } from '../runs/audit-file.ts';
import { inOrder } from './audit.ts';
import { type Html, html } from './escape.ts';
import { table } from './page-tables.ts';
import { labelOf } from './policies.ts';
import { count, percent } from './words.ts';

/** Null where no audit was made. */
export function auditPart(audit: AuditFile | null): Html | null {
  if (audit === null || audit.rows.length === 0) return null;
  const rows = inOrder(audit).map(
    ({ policy, accepted, judged, false_positives: wrong, share, distinct, distinct_false_positives, failed }) => ({
      cells: [
        labelOf(policy),
        count(accepted),
        count(judged),
        count(wrong),
        share === null ? '–' : html`<td>${percent(share.value)} %<i>${percent(share.low)}–${percent(share.high)}</i></td>`,
        `${count(distinct_false_positives)} of ${count(distinct)}`,
        count(failed),
      ],
    }),
  );
  const head = ['', 'accepted', 'judged again', 'false positives', 'share', 'distinct texts', 'not judged'];
  return html`<h2>Audit</h2><p class="note">Accepted samples judged again by tests that no reward came from. False positives: rewarded, and yet they fail there.</p>${table(head, rows)}`;
}
