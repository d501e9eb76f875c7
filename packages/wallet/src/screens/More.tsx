import { remember } from '@munjigi/ui/appearance';
import { Icon, type IconName, S } from '@munjigi/ui/elements';
import type { Wallet } from '../model.ts';

/** What is seldom needed: paper, reminders, language, the phone's own share of the work. */
export function More({ wallet }: { readonly wallet: Wallet }) {
  const { fresh, until } = wallet.passes.value;
  const language = wallet.look.language;
  const other = language.value === 'ko' ? 'en' : 'ko';
  return (
    <main class="more">
      <h1>{wallet.person.value?.name}</h1>
      <p class="quiet">
        <S text={wallet.text('wallet.more.passes', { count: fresh, until: until ?? '' })} />
      </p>
      {wallet.problem.value && <p class="problem">{wallet.problem.value}</p>}
      <ul class="list" style="margin-top: var(--s-6)">
        <Line
          icon="qr-code"
          label={wallet.text('wallet.renew')}
          detail={wallet.text('wallet.renew.detail')}
          act={() => wallet.renew()}
        />
        <Line
          icon="printer"
          label={wallet.text('wallet.paper')}
          detail={wallet.text('wallet.paper.detail')}
          act={() => wallet.printPaper()}
        />
        {wallet.notifications.value !== 'missing' && (
          <Line
            icon="bell"
            label={wallet.text('wallet.remind')}
            detail={wallet.text(`wallet.remind.${wallet.notifications.value}`)}
            act={wallet.notifications.value === 'off' ? () => wallet.askNotifications() : null}
          />
        )}
        <Line
          icon="message-square"
          label={wallet.text('language.other')}
          lang={other}
          detail={wallet.text('language.switch')}
          act={() => {
            language.value = other;
            remember({ lang: other });
          }}
        />
        {wallet.install.value && (
          <Line
            icon="arrow-down-to-line"
            label={wallet.text('wallet.install')}
            detail={wallet.text('wallet.install.detail')}
            act={wallet.install.value}
          />
        )}
        {wallet.update.value && (
          <Line
            icon="check"
            label={wallet.text('wallet.update')}
            detail={wallet.text('wallet.update.detail')}
            act={wallet.update.value}
          />
        )}
      </ul>
      <span class="push" />
      <p class="small foot">
        <S text={wallet.text('wallet.more.private')} />
      </p>
    </main>
  );
}

interface LineProps {
  readonly icon: IconName;
  readonly label: string;
  readonly detail: string;
  readonly lang?: string;
  /** null where there is nothing to do: the line then only tells. */
  readonly act: (() => unknown) | null;
}

function Line({ icon, label, detail, lang, act }: LineProps) {
  const inside = (
    <>
      <Icon name={icon} />
      <span {...(lang ? { lang } : {})}>
        <b>{label}</b>
        <span class="small">{detail}</span>
      </span>
    </>
  );
  return (
    <li>
      {act ? (
        <button type="button" class="line with-icon" onClick={() => void act()}>
          {inside}
        </button>
      ) : (
        <div class="line with-icon" style="cursor: default">
          {inside}
        </div>
      )}
    </li>
  );
}
