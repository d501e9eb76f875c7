import type { Entry } from '@munjigi/core/chain';
import { describe, expect, it } from 'vitest';
import { MemoryOutboxStore } from './memory-store.ts';
import { Outbox, type Place } from './outbox.ts';
import type { KeptEntry } from './types.ts';

const GATE = new Uint8Array(32).fill(7);
const lost = () => new DOMException('The connection was lost.', 'AbortError');

const entry = async ({ counter, anchor }: Place): Promise<Entry> => ({
  venueId: 1,
  counter,
  enteredAt: 1_641_445_080,
  check: 'scan',
  record: 'scan',
  kind: 'entry',
  dayKeyId: 0,
  subject: crypto.getRandomValues(new Uint8Array(8)),
  anchor,
  clockUnknown: false,
});

/** A store that writes, and fails to say so as often as it is told to. */
class UnsureStore extends MemoryOutboxStore {
  unsure = 0;
  unreadable = 0;

  override async append(kept: KeptEntry, expected: Parameters<MemoryOutboxStore['append']>[1]) {
    const done = await super.append(kept, expected);
    if (this.unsure-- > 0) throw lost();
    return done;
  }

  override async entriesFrom(counter: number, limit: number) {
    if (this.unreadable-- > 0) throw lost();
    return super.entriesFrom(counter, limit);
  }
}

const outboxOn = (store: UnsureStore) =>
  new Outbox({
    chain: async () => ({ store, gate: GATE }),
    venueId: 1,
    anchor: async () => new Uint8Array(32),
  });

describe('an entry that was written while the device lost its storage', () => {
  it('is saved, where the device can be asked at once', async () => {
    const store = new UnsureStore();
    store.unsure = 1;
    const done = await outboxOn(store).append(entry);
    expect(done.state).toBe('saved');
    expect(store.entries.size).toBe(1);
  });

  it('is not written a second time, where it can be asked only later', async () => {
    const store = new UnsureStore();
    const outbox = outboxOn(store);
    store.unsure = 1;
    store.unreadable = 1;
    expect((await outbox.append(entry)).state).toBe('not-saved');
    expect((await outbox.append(entry)).state).toBe('saved');
    expect(await outbox.retryUnsaved()).toBe(0);
    expect([...store.entries.keys()]).toEqual([1, 2]);
  });
});

describe('a code that comes again while the disk is full', () => {
  it('is known by its mark until its entry is written, and then by the disk', async () => {
    const store = new UnsureStore();
    const outbox = outboxOn(store);
    store.append = async () => {
      throw new DOMException('There is no room.', 'QuotaExceededError');
    };
    const mark = { tag: 'a tag', at: 1_641_445_080 };
    expect((await outbox.append(entry, mark)).state).toBe('not-saved');
    expect(outbox.unsavedMark('a tag')).toEqual(mark);
    expect(outbox.unsavedMark('another')).toBeNull();
    store.append = UnsureStore.prototype.append;
    expect(await outbox.retryUnsaved()).toBe(0);
    expect(outbox.unsavedMark('a tag')).toBeNull();
    expect(store.entries.size).toBe(1);
  });
});
