import { Button, S } from '@munjigi/ui/elements';
import { useSignal } from '@preact/signals';
import type { DiaryEntry, Wallet } from '../model.ts';

/** When a code was shown, and where if the visitor notes it. It never leaves this phone. */
export function Diary({ wallet }: { readonly wallet: Wallet }) {
  const sure = useSignal(false);
  const here = wallet.visitsHere.value;
  const days = byDay(wallet.diary.value);
  return (
    <main class="diary">
      <h1>{wallet.text('wallet.tab.diary')}</h1>
      <p class="small">
        <S text={wallet.text('wallet.diary.about', { days: wallet.retentionDays.value })} />
      </p>
      {here.count > 0 && (
        <p class="small" role="status" data-munjigi="visits-waiting">
          <S text={wallet.text('wallet.poster.waiting', { count: here.count })} />
        </p>
      )}
      {here.refused > 0 && (
        <p class="problem small" data-munjigi="visits-refused">
          <S text={wallet.text('wallet.poster.refused', { count: here.refused })} />
        </p>
      )}
      {days.length === 0 && <p style="margin-top: var(--s-6)">{wallet.text('wallet.diary.empty')}</p>}
      {days.map(([day, visits]) => (
        <section key={day}>
          <h2 class="num">{day}</h2>
          <ul class="list">
            {visits.map((visit) => (
              <Visit key={visit.id} wallet={wallet} visit={visit} />
            ))}
          </ul>
        </section>
      ))}
      <span class="push" />
      {days.length > 0 && (
        <div class="row" style="margin-top: var(--s-4)">
          <Button
            onClick={() => {
              if (sure.value) void wallet.forgetAll();
              sure.value = !sure.value;
            }}
          >
            {wallet.text(sure.value ? 'wallet.diary.forget-sure' : 'wallet.diary.forget-all')}
          </Button>
        </div>
      )}
    </main>
  );
}

function byDay(entries: readonly DiaryEntry[]): [string, DiaryEntry[]][] {
  const days = new Map<string, DiaryEntry[]>();
  for (const one of entries) days.set(one.day, [...(days.get(one.day) ?? []), one]);
  return [...days];
}

function Visit({ wallet, visit }: { readonly wallet: Wallet; readonly visit: DiaryEntry }) {
  return (
    <li class="visit">
      <time class="num">{visit.time}</time>
      <input
        value={visit.place}
        placeholder={wallet.text('wallet.diary.place')}
        aria-label={wallet.text('wallet.diary.place-of', { time: visit.time })}
        maxLength={60}
        onChange={(event) => void wallet.notePlace(visit.id, event.currentTarget.value)}
      />
      <Button
        kind="plain"
        aria-label={wallet.text('wallet.diary.forget-one', { time: visit.time })}
        onClick={() => void wallet.forget(visit.id)}
      >
        {wallet.text('button.delete')}
      </Button>
    </li>
  );
}
