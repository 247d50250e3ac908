import type { Framework } from './framework.ts';

/** Of the Security Rule, 45 CFR part 164 subpart C: those that the gateway has evidence for. */
export const hipaa: Framework = {
  title: 'HIPAA Security Rule',
  controls: [
    {
      id: '164.308(a)(1)(ii)(D)',
      title: 'Information system activity review',
      checks: ['alertsSeen', 'inTime'],
      limits: 'Who reads logs and reports, and how often, is not seen here.',
      verdicts: 'all',
    },
    {
      id: '164.308(a)(5)(ii)(C)',
      title: 'Log-in monitoring',
      checks: ['endedAccess'],
      limits: 'Refused sign-ins are in the operational log of the gateway, not in the audit log.',
      verdicts: 'onlyGaps',
    },
    {
      id: '164.312(a)(1)',
      title: 'Access control',
      checks: ['approvedRisk', 'leastPrivilege', 'endedAccess'],
      limits: 'Access to health information around the gateway is not seen here.',
      verdicts: 'all',
    },
    {
      id: '164.312(a)(2)(i)',
      title: 'Unique user identification',
      checks: ['ownKeys', 'namedPeople'],
      limits: 'Whether people share a token or a device is not seen here.',
      verdicts: 'all',
    },
    {
      id: '164.312(b)',
      title: 'Audit controls',
      checks: ['completeRecords', 'verifiedLog'],
      limits: 'Systems that do not ask the gateway have their own logs.',
      verdicts: 'all',
    },
    {
      id: '164.312(c)(1)',
      title: 'Integrity',
      checks: ['verifiedLog'],
      limits:
        'The log is checked; health information itself is kept elsewhere, and whether it was altered is not seen here.',
      verdicts: 'onlyGaps',
    },
    {
      id: '164.312(d)',
      title: 'Person or entity authentication',
      checks: ['ownKeys', 'freshKeys'],
      limits: 'How people prove who they are before they receive a token is not seen here.',
      verdicts: 'all',
    },
    {
      id: '164.312(e)(1)',
      title: 'Transmission security',
      checks: [],
      limits: 'TLS ends in front of the gateway, and the networks behind it are not seen here.',
      verdicts: 'onlyGaps',
    },
  ],
};
