import { toHex } from '@munjigi/core/encoding';
import { addDays } from '@munjigi/core/rules';
import { type GuestKind, subjectName, type Visit } from '../checks/ledger.ts';
import { checkEnteredAt, judge } from '../checks/verdicts.ts';
import type { Random } from '../kernel/random.ts';
import { drawCrystals, OwnClocks } from './clocks.ts';
import type { GateTab } from './gate/tab.ts';
import type { GateDevice } from './gate-device.ts';
import { CLASSES } from './pack.ts';
import { drawCode, type HeldPass, issuePass } from './wallet.ts';
import type { World } from './world.ts';

/** Guests: who comes when with what, and what becomes of them. */
export class Guests {
  readonly #random: Random;
  readonly #passes = new Map<GuestKind, HeldPass[]>();
  readonly #phones = new Map<HeldPass, OwnClocks>();
  #number = 0;

  constructor(private readonly world: World) {
    this.#random = world.random.fork('guests');
  }

  /** Issues passes to everybody who will come. */
  async issue(): Promise<void> {
    const { world } = this;
    const { authority, kernel, plan } = world;
    const today = authority.calendar.dateOf(kernel.nowMs / 1000);
    const [first, second] = authority.issuers;
    const stranger = { kid: Uint8Array.of(200), key: world.keys.next(), withdrawn: false };
    const many = async (kind: GuestKind, count: number, make: () => Promise<HeldPass>) => {
      const list: HeldPass[] = [];
      for (let i = 0; i < count; i++) list.push(await make());
      // Every phone runs from the beginning.
      for (const pass of list) this.#phoneOf(pass);
      this.#passes.set(kind, list);
    };
    const ends = () => addDays(today, this.#random.between(7, 10));
    const of = (issuer: typeof first, admissionClass: number, day: () => string) => () =>
      issuePass(world, issuer!, admissionClass, day());
    await many('valid', Math.ceil(plan.guests * 0.7), of(first, CLASSES.always, ends));
    await many('until-change', Math.ceil(plan.guests * 0.1) + 1, of(first, CLASSES.untilChange, ends));
    await many('withdrawn', 3, of(second, CLASSES.always, ends));
    await many(
      'ended',
      3,
      of(first, CLASSES.always, () => addDays(today, -this.#random.between(1, 3))),
    );
    await many('stranger', 1, () => issuePass(world, stranger, CLASSES.always, ends()));
  }

  /** Draws the instants at which guests come, during the hours in which doors are open. */
  schedule(): void {
    const { kernel, plan, hand } = this.world;
    const startMs = kernel.nowMs;
    const total = plan.shifts.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    for (let i = 0; i < plan.guests; i++) {
      let at = this.#random.share() * total;
      for (const { fromMs, toMs } of plan.shifts) {
        if (at < toMs - fromMs) {
          kernel.after(hand, startMs + fromMs + at - kernel.nowMs, () => this.#come());
          break;
        }
        at -= toMs - fromMs;
      }
    }
  }

  #kind(): GuestKind {
    const dice = this.#random.share();
    if (dice < 0.76) return 'valid';
    if (dice < 0.84) return 'until-change';
    if (dice < 0.88) return 'withdrawn';
    if (dice < 0.91) return 'ended';
    if (dice < 0.93) return 'forged';
    if (dice < 0.94) return 'stranger';
    return dice < 0.97 ? 'picture' : 'wrong-clock';
  }

  #come(): void {
    const { gates } = this.world;
    const gate = this.#random.pick(gates);
    const tab = gate.atTheDoor;
    const kind = this.#kind();
    const known = this.#passes.get(kind) ?? this.#passes.get('valid')!;
    const pass = this.#random.pick(known);
    const again = this.#random.chance(0.15) ? this.#random.scale(2_000, 900_000) : null;
    if (tab === null) return;
    this.#stand(gate, tab, kind, pass);
    // Some show their code once more, a moment or a while later.
    if (again !== null)
      this.world.kernel.after(this.world.hand, again, () => {
        const later = gate.atTheDoor;
        if (later) this.#stand(gate, later, kind, pass);
      });
  }

  /** The phone that a pass is on: its clock drifts by itself; beside that, somebody sets it now and then. */
  #phoneOf(pass: HeldPass): OwnClocks {
    let phone = this.#phones.get(pass);
    if (!phone) {
      const random = this.world.random.fork(`phone ${this.#phones.size}`);
      phone = new OwnClocks(this.world.kernel, drawCrystals(random, this.world.plan.clocks));
      this.#phones.set(pass, phone);
    }
    return phone;
  }

  #stand(gate: GateDevice, tab: GateTab, kind: GuestKind, pass: HeldPass): void {
    const { world } = this;
    const random = this.#random;
    const { kernel } = world;
    const off = kind === 'wrong-clock' ? random.between(200, 90_000) : random.between(-8, 8);
    const phoneAheadMs = this.#phoneOf(pass).aheadMs + 1000 * (random.chance(0.5) ? off : -off);
    const old = kind === 'picture' ? random.between(200, 4_000) : random.below(15);
    const drawnAt = Math.floor((kernel.nowMs + phoneAheadMs) / 1000) - old;
    const forged = kind === 'forged' ? random.bits() : null;
    kernel.after(tab.process, 0, () => {
      const visit: Visit = {
        number: this.#number++,
        kind,
        pass,
        device: gate.name,
        venueId: gate.venueId,
        atMs: kernel.nowMs,
        drawnAt,
        phoneAheadMs,
        verdict: null,
        reason: null,
        sameEntry: false,
        made: [],
        saved: null,
        notSaved: false,
        withDevice: false,
        tookMs: null,
        unsureMs: null,
        answeredMs: null,
        wallAheadMs: null,
        beliefs: [],
      };
      world.past?.come(gate);
      world.ledger.add(visit, subjectName(gate.name, compressed(pass.holder.publicKey), drawnAt));
      this.#show(tab, visit, forged).catch((error) => world.isWrong(error));
    });
  }

  async #show(tab: GateTab, visit: Visit, forged: number | null): Promise<void> {
    const { world } = this;
    const { ledger, kernel } = world;
    const drawn = await drawCode(visit.pass, world.suite, visit.drawnAt);
    const text = forged === null ? drawn : changed(drawn, forged);
    const seen = await tab.see(text, (gate, entry) => {
      const { counter, enteredAt, clockUnknown } = entry;
      const name = toHex(gate);
      visit.made.push({ gate: name, counter, hash: '', enteredAt, clockUnknown: clockUnknown === true });
    });
    if (seen === null) return;
    judge(world, tab, visit, seen);
    const appended = await seen.written;
    if (appended?.state === 'saved') {
      const { counter, hash, entry } = appended.kept;
      const place = [...visit.made].reverse().find((one) => one.counter === counter);
      const { enteredAt, clockUnknown } = entry;
      visit.saved = {
        gate: place?.gate ?? '',
        counter,
        hash: toHex(hash),
        enteredAt,
        clockUnknown: clockUnknown === true,
      };
      kernel.note(visit.device, `saved ${counter}`);
    } else if (appended) {
      visit.notSaved = true;
      ledger.reach(appended.full ? 'a disk was full' : 'a disk failed');
    }
    checkEnteredAt(world, tab, visit);
  }
}

function changed(text: string, dice: number): string {
  const place = 5 + (dice % (text.length - 6));
  return `${text.slice(0, place)}${text[place] === 'A' ? 'B' : 'A'}${text.slice(place + 1)}`;
}

function compressed(point: Uint8Array): Uint8Array {
  const out = new Uint8Array(33);
  out[0] = 2 + (point[64]! & 1);
  out.set(point.subarray(1, 33), 1);
  return out;
}
