import type { Framework } from './framework.ts';

/** Of Regulation (EU) 2016/679: the articles that the gateway has evidence for, or that auditors ask about. */
export const gdpr: Framework = {
  title: 'GDPR',
  controls: [
    {
      id: 'Art. 5(2)',
      title: 'Accountability',
      checks: ['completeRecords', 'verifiedLog'],
      limits: 'Purposes and legal grounds of processing are not known here.',
      verdicts: 'all',
    },
    {
      id: 'Art. 15',
      title: 'Right of access',
      checks: [],
      limits: 'Which person some data is about, and whether their requests were answered, is not known here.',
      verdicts: 'onlyGaps',
    },
    {
      id: 'Art. 17',
      title: 'Right to erasure',
      checks: ['retention'],
      limits: 'Whether people asked for erasure, and what was erased elsewhere, is not known here.',
      verdicts: 'onlyGaps',
    },
    {
      id: 'Art. 25',
      title: 'Data protection by design and by default',
      checks: ['redaction', 'leastPrivilege', 'approvedRisk'],
      limits: 'The design of the systems that agents act on is not seen here.',
      verdicts: 'all',
    },
    {
      id: 'Art. 30',
      title: 'Records of processing activities',
      checks: ['completeRecords'],
      limits:
        'The record also needs purposes, categories of people and data, and recipients, which are not known here.',
      verdicts: 'onlyGaps',
    },
    {
      id: 'Art. 32',
      title: 'Security of processing',
      checks: ['freshKeys', 'approvedRisk', 'endedAccess', 'verifiedLog'],
      limits: 'Encryption of disks, backups and the resilience of the hosts are not seen here.',
      verdicts: 'all',
    },
    {
      id: 'Art. 33',
      title: 'Notification of a personal data breach',
      checks: ['seriousAlertsSeen'],
      limits: 'Whether an alert was a breach, and whom people notified, is not known here.',
      verdicts: 'onlyGaps',
    },
  ],
};
