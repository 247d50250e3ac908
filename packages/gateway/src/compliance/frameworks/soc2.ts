import type { Framework } from './framework.ts';

/** Of the Trust Services Criteria (2017, with points of focus of 2022): those that the gateway has evidence for. */
export const soc2: Framework = {
  title: 'SOC 2',
  controls: [
    {
      id: 'CC6.1',
      title: 'Logical access security over protected information',
      checks: ['ownKeys', 'freshKeys', 'approvedRisk'],
      limits:
        'Physical access, networks, encryption of disks and access around the gateway are not seen here.',
      verdicts: 'all',
    },
    {
      id: 'CC6.2',
      title: 'Registration and authorisation before access, removal afterwards',
      checks: ['ownKeys', 'endedAccess'],
      limits: 'Whether access ends as soon as the need for it ends is known to people only.',
      verdicts: 'all',
    },
    {
      id: 'CC6.3',
      title: 'Access by role, least privilege and separation of duties',
      checks: ['leastPrivilege', 'peopleDecide', 'namedPeople'],
      limits: 'Whether a person should have the role is for the organisation to review.',
      verdicts: 'all',
    },
    {
      id: 'CC6.6',
      title: 'Protection against threats from outside the system boundary',
      checks: ['ownKeys', 'driftSeen'],
      limits: 'Firewalls, TLS and the hosts are not seen here.',
      verdicts: 'all',
    },
    {
      id: 'CC7.2',
      title: 'Monitoring for anomalies',
      checks: ['completeRecords', 'verifiedLog', 'noViolations'],
      limits: 'Only what goes through the gateway is monitored.',
      verdicts: 'all',
    },
    {
      id: 'CC7.3',
      title: 'Evaluation of security events',
      checks: ['alertsSeen', 'inTime'],
      limits: 'How well an alert was evaluated is for its note to show.',
      verdicts: 'all',
    },
    {
      id: 'CC8.1',
      title: 'Authorisation and control of changes',
      checks: ['policyChanges', 'driftSeen'],
      limits: 'Changes of code, infrastructure and models are not seen here.',
      verdicts: 'all',
    },
  ],
};
