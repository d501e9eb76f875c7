import { Figure, Icon, S } from '@munjigi/ui/elements';
import { t } from '@munjigi/ui/texts';
import { useSignal } from '@preact/signals';
import type { Span, UsefulProof, Wallet } from '../model.ts';

/** Why, with dates, and what would be accepted today. Only this phone says it. */
export function Reason({ wallet }: { readonly wallet: Wallet }) {
  const standing = wallet.standing.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may be longer than the screen, and keys must reach its end
    <main class="reason" tabIndex={0}>
      {standing.state !== 'usable' && <Figure name="another" />}
      <h1>
        <S text={standing.why} />
      </h1>
      {standing.next !== '' && <p class="why">{standing.next}</p>}
      {standing.span && <Line span={standing.span} />}
      {standing.also !== '' && <p class="small">{standing.also}</p>}
      {wallet.useful.value.length > 0 && (
        <>
          <h2>{wallet.text('wallet.reason.useful')}</h2>
          <ul class="list">
            {wallet.useful.value.map((proof) => (
              <Proof key={proof.id} proof={proof} />
            ))}
          </ul>
        </>
      )}
      <span class="push" />
      <p class="small num under">
        <span>{wallet.text('wallet.reason.private')}</span>
        <span>{t(wallet.look.language.value, 'support', { number: standing.number })}</span>
      </p>
    </main>
  );
}

/** The proof's time: solid while it counted, dashed after, a dot for today. */
function Line({ span }: { readonly span: Span }) {
  const end = `${(span.share * 100).toFixed(1)}%`;
  const today = `${(span.todayShare * 100).toFixed(1)}%`;
  return (
    <div class="span">
      <p class="labels">
        <span>{span.fromLabel}</span>
        <span>{span.today}</span>
      </p>
      <svg aria-hidden="true">
        <line x1={end} x2="100%" y1="5" y2="5" stroke="var(--edge)" stroke-width="3" stroke-dasharray="4 4" />
        <line x1="0" x2={end} y1="5" y2="5" stroke="var(--ink)" stroke-width="6" />
        <line x1="1.5" x2="1.5" y1="-5" y2="15" stroke="var(--ink)" stroke-width="3" />
        <line x1={end} x2={end} y1="-5" y2="15" stroke="var(--ink)" stroke-width="3" />
        <circle cx={today} cy="5" r="6.5" fill="var(--accent)" stroke="var(--ground)" stroke-width="2" />
      </svg>
      <p class="labels num ends">
        <b>{span.from}</b>
        <b
          style={
            span.share > 0.5 ? `right: ${(100 - span.share * 100).toFixed(1)}%` : `left: max(7.5rem, ${end})`
          }
        >
          {span.until}
        </b>
      </p>
    </div>
  );
}

function Proof({ proof }: { readonly proof: UsefulProof }) {
  const open = useSignal(false);
  if (proof.explain === '') {
    return (
      <li class="fixed">
        <b>{proof.label}</b>
        <span class="small">{proof.detail}</span>
      </li>
    );
  }
  return (
    <li>
      <button
        type="button"
        class="line"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <span>
          <b>{proof.label}</b>
          {proof.detail !== '' && <span class="small">{proof.detail}</span>}
        </span>
        <Icon name="chevron-right" />
      </button>
      {open.value && (
        <p class="more">
          <S text={proof.explain} />
        </p>
      )}
    </li>
  );
}
