import { approveMcpChange } from './approve-change.ts';
import { attestMcpServer } from './attest.ts';
import { checkMcpDrift } from './check-drift.ts';
import { detectMcpServers } from './detect.ts';
import { getMcpServer } from './get.ts';
import { listMcpServers } from './list.ts';
import { pinMcpServer } from './pin.ts';
import { registerMcpServer } from './register.ts';
import { reportMcpServer } from './report.ts';

export const mcpServers = {
  detect: detectMcpServers,
  register: registerMcpServer,
  checkDrift: checkMcpDrift,
  pin: pinMcpServer,
  report: reportMcpServer,
  attest: attestMcpServer,
  approveChange: approveMcpChange,
  get: getMcpServer,
  list: listMcpServers,
};
