import { useEffect } from 'preact/hooks';
import { placeIn } from './engine/links.ts';
import { CaseView } from './screens/officer/Case.tsx';
import { Cases } from './screens/officer/Cases.tsx';
import { Log } from './screens/officer/Log.tsx';
import { OpenCase } from './screens/officer/OpenCase.tsx';
import { Doctor } from './screens/operator/Doctor.tsx';
import { Gates } from './screens/operator/Gates.tsx';
import { Incident } from './screens/operator/Incident.tsx';
import { Incidents } from './screens/operator/Incidents.tsx';
import { Notices } from './screens/operator/Notices.tsx';
import { People } from './screens/operator/People.tsx';
import { Gate } from './screens/owner/Gate.tsx';
import { Register } from './screens/owner/Register.tsx';
import { Sheets } from './screens/owner/Sheets.tsx';
import { Staff } from './screens/owner/Staff.tsx';
import { Tablet } from './screens/owner/Tablet.tsx';
import { TypeSheet } from './screens/owner/TypeSheet.tsx';
import { Venue } from './screens/owner/Venue.tsx';
import { Venues } from './screens/owner/Venues.tsx';
import { Page } from './screens/parts.tsx';
import { Registrations } from './screens/Registrations.tsx';
import { placesOf } from './screens/shell/places.ts';
import { Shell } from './screens/shell/Shell.tsx';
import { Enrol, SignIn } from './screens/shell/SignIn.tsx';
import { useConsole, useWords } from './screens/use.ts';

/** The console of one body: the way in, or the frame with the screen that the address names. */
export function App({ invite = null }: { readonly invite?: string | null }) {
  const { session, place, moved } = useConsole();
  const { say } = useWords();
  useEffect(() => {
    const follow = () => {
      moved.value = true;
      place.value = placeIn(location.hash);
    };
    addEventListener('hashchange', follow);
    addEventListener('popstate', follow);
    return () => {
      removeEventListener('hashchange', follow);
      removeEventListener('popstate', follow);
    };
  }, []);
  const who = session.who.value;
  if (who === undefined) return <p class="boot quiet">{say('console.asking')}</p>;
  if (who === null) {
    if (place.value === 'invited') return <Enrol code="" />;
    return invite !== null && place.value === '' ? <Enrol code={invite} /> : <SignIn />;
  }
  return (
    <Shell>
      <Screen key={place.value} />
    </Shell>
  );
}

const numberIn = (text: string | undefined): number => (/^\d{1,16}$/.test(text ?? '') ? Number(text) : 0);

function Screen() {
  const { desk, session, place } = useConsole();
  const { say } = useWords();
  const who = session.who.value;
  const first = who ? placesOf(desk.body, who)[0]?.path : undefined;
  const [name, id, part, no] = (place.value === '' ? (first ?? '') : place.value).split('/');
  switch (name) {
    case 'venues':
      return <Venues />;
    case 'register':
      return <Register />;
    case 'venue':
      if (part === 'tablet') return <Tablet venueId={numberIn(id)} />;
      if (part === 'staff') return <Staff venueId={numberIn(id)} />;
      if (part === 'sheets') return <Sheets venueId={numberIn(id)} />;
      if (part === 'sheet') return <TypeSheet venueId={numberIn(id)} sheetNo={numberIn(no)} />;
      if (part === 'gate') return <Gate venueId={numberIn(id)} gateNo={numberIn(no)} />;
      return <Venue venueId={numberIn(id)} />;
    case 'registrations':
      return <Registrations />;
    case 'cases':
      return id === 'new' ? <OpenCase /> : <Cases />;
    case 'case':
      return <CaseView id={id ?? ''} />;
    case 'log':
      return <Log />;
    case 'gates':
      return <Gates />;
    case 'incidents':
      return <Incidents />;
    case 'incident':
      return <Incident number={numberIn(id)} />;
    case 'notices':
      return <Notices />;
    case 'people':
      return <People />;
    case 'doctor':
      return <Doctor />;
    default:
      return (
        <Page title={say('console.nowhere')}>
          <p class="lead">{say('console.nowhere-text')}</p>
        </Page>
      );
  }
}
