import { expect, test } from 'vitest';
import { loadRtcProvider } from './browser-rtc.ts';

test('where there is no WebRTC it says so', async () => {
  await expect(loadRtcProvider()).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    details: { reason: 'no-webrtc' },
  });
});
