import { Button, S } from '@munjigi/ui/elements';
import { t } from '@munjigi/ui/texts';
import type { Wallet } from '../model.ts';

/** What counts right now, as the signed document tells a visitor; under it a lookup and a reminder, each until it was read. */
export function NoticeLine({ wallet }: { readonly wallet: Wallet }) {
  const notice = wallet.notice.value;
  const reminder = wallet.reminder.value;
  const lookup = wallet.lookup.value;
  const language = wallet.look.language.value;
  return (
    <>
      {notice && (
        <div class={`notice ${notice.status}`} role="status" data-munjigi="notice">
          <p class="headline">
            <b>{notice.headline}</b>
            {notice.status === 'provisional' && (
              <span class="tag provisional">{t(language, 'status.provisional')}</span>
            )}
          </p>
          {notice.text !== '' && (
            <p>
              <S text={notice.text} />
            </p>
          )}
        </div>
      )}
      {lookup && (
        <div class="notice told remind" role="status" data-munjigi="lookup">
          <b>
            <S text={lookup} />
          </b>
          <Button onClick={() => wallet.dismissLookup()}>{wallet.text('wallet.remind.seen')}</Button>
        </div>
      )}
      {reminder && (
        <div class="notice told remind" role="status" data-munjigi="reminder">
          <b>{reminder}</b>
          <Button onClick={() => wallet.dismissReminder()}>{wallet.text('wallet.remind.seen')}</Button>
        </div>
      )}
    </>
  );
}
