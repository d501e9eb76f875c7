import { appearance } from '@munjigi/ui/appearance';
import { render } from 'preact';
import { App } from '../src/App.tsx';
import '../src/styles.ts';
import { fixture } from './fixtures.ts';

// preview.html?s=qr|slow|ended|reused|empty|cert|cert-ended|cert-none|reason|diary|more|enrol|poster-looking|poster-problem|poster-found|poster-kept|poster-sent&notice=1&remind=1&lang=en&theme=dark&c=13:58:11
const query = new URLSearchParams(location.search);
const wallet = fixture(appearance(query), query);
render(<App wallet={wallet} />, document.getElementById('app') as HTMLElement);
