import type { Bus } from '@bonafide/gateway';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** Two ends of one bus, as two gateways have them. */
export interface BusPair {
  readonly here: Bus;
  readonly there: Bus;
  close(): Promise<void>;
}

/** What every bus of gateways must hold. Nothing is said of when: a bus may cross a network. */
export function testBus(name: string, open: () => Promise<BusPair>): void {
  describe(`${name} is a bus that`, () => {
    let pair: BusPair;
    beforeEach(async () => {
      pair = await open();
    });
    afterEach(() => pair.close());

    const topicOf = () => `topic/${crypto.randomUUID()}`;

    it('tells every subscriber of a topic, the own gateway included, and nobody of another', async () => {
      const heard: string[] = [];
      const [topic, other] = [topicOf(), topicOf()];
      pair.here.subscribe(topic, () => heard.push('here'));
      pair.there.subscribe(topic, () => heard.push('there'));
      pair.there.subscribe(other, () => heard.push('other'));
      pair.here.publish([topic]);
      await vi.waitFor(() => expect(heard.toSorted()).toEqual(['here', 'there']));
    });

    it('brings what is posted, in the order of one sender, and unchanged', async () => {
      const subject = topicOf();
      const heard: string[] = [];
      pair.there.listen(subject, (text) => heard.push(text));
      const texts = Array.from({ length: 100 }, (_, index) => `${index} "ü\u2028\n{}" `);
      for (const text of [...texts, '']) pair.here.post(subject, text);
      await vi.waitFor(() => expect(heard).toEqual([...texts, '']));
    });

    it('tells nobody any more who ended, and leaves the others alone', async () => {
      const topic = topicOf();
      const heard: string[] = [];
      const end = pair.there.subscribe(topic, () => heard.push('first'));
      pair.there.subscribe(topic, () => heard.push('second'));
      end();
      end();
      pair.here.publish([topic]);
      await vi.waitFor(() => expect(heard).toEqual(['second']));
    });

    it('lets listeners end and begin while they are told', async () => {
      const subject = topicOf();
      const heard: string[] = [];
      const end = pair.here.listen(subject, (text) => {
        heard.push(`once ${text}`);
        end();
        pair.here.listen(subject, (later) => heard.push(`later ${later}`));
      });
      pair.here.post(subject, 'a');
      await vi.waitFor(() => expect(heard[0]).toBe('once a'));
      heard.length = 0;
      pair.here.post(subject, 'b');
      await vi.waitFor(() => expect(heard).toContain('later b'));
      expect(heard).not.toContain('once b');
    });

    it('takes what nobody listens to', () => {
      pair.here.post(topicOf(), 'lost');
      pair.here.publish([]);
      pair.here.publish([topicOf()]);
    });
  });
}
